"""Names that the pages show for their codes, in English; the catalogue has the Danish."""

from __future__ import annotations

from ypo_dash.views.safety import LEVEL_NAMES as LEVEL_NAMES

MAP_NAMES = {
    "factor": "Factor",
    "gap": "Need beyond the posts",
    "share": "Share by need",
    "change": "Change of the share",
    "reported": "Reported per 1,000 a year",
    "designated": "Live in designated areas, %",
    "infrastructure": "Infrastructure, score",
}
TABLE_NAMES = {"plan": "Need and posts", "figures": "Figures and proposals"}
INPUT_NAMES = {
    "crime": "Reported by residents",
    "designated": "Live in designated areas",
    "infrastructure": "Infrastructure",
}
PLACE_NAMES = {
    "stations": "Stations",
    "nightlife": "Places of nightlife",
    "shops": "Shops",
    "schools": "Schools",
    "through_roads_km": "Through roads, km",
}
MOVED_NAMES = {
    "own factor": "its own factor one step otherwise",
    "other factor": "another sector's factor one step otherwise",
    "own population": "its own population 5 % otherwise",
    "other population": "another's population 5 % otherwise",
    "weights": "with proposed factors, whatever weighs double",
}
MEASURE_NAMES = {
    "unsafe": "Unsafe in the neighbourhood",
    "unsafe_night": "Unsafe evening and night",
    "exposed": "Exposed to crime in 12 months",
    "problem": "Crime is a problem in the neighbourhood",
    "index": "Safety index",
}
TYPE_NAMES = {
    "violence": "Violence and robbery",
    "burglary": "Burglary",
    "theft": "Theft",
    "drugs": "Drugs (found by police)",
    "vandalism": "Vandalism",
    "harassment": "Harassment and indecency",
}
PART_NAMES = {"exposed": "Exposure", "problem": "Neighbourhood problem", "reports": "Reports"}
ADJUST_NAMES = {
    "holm": "Holm: hardly any false finding",
    "bh": "Benjamini-Hochberg: few false among the findings",
}
COMPARE_NAMES = {"previous": "the period before", "year": "the same dates a year before"}
ANCHOR_NAMES = {
    "change": "change",
    "normal": "weekly normal range",
    "backtest": "back-test",
    "comparisons": "many comparisons",
    "nearrepeat": "near repeats",
    "time": "times and hours",
    "season": "season",
    "concentration": "concentration",
    "wdd": "an effort evaluated",
}
PRINT_NAMES = {
    "weekend": "Crime overview",
    "fortnight": "Two weeks of a sector",
    "week": "Weekly crime overview",
    "quarter": "The quarter",
    "contact": "Contact cards",
    "briefing": "Briefing card",
    "threat": "The quarter's threat assessment",
}
PRINT_WORDS = {
    "weekend": "A weekend or any days: map, numbers by type, list of incidents.",
    "fortnight": "One sector: map, types, scenes, hours, list, open agreements.",
    "week": "One page for the district and one for each sector.",
    "quarter": "Staffing and safety.",
    "contact": "Who answers for a sector: a notice and cards to cut out; no figures, for anybody.",
    "briefing": "One page a sector for the coming shift: where, when, why, what, who.",
    "threat": "Particularly disadvantaged residential areas; signed, or marked as a draft.",
}
PARAMETER_NAMES = {
    "kind": "Document",
    "from": "From",
    "to": "To",
    "types": "Types",
    "hours": "Time of day",
    "days": "Weekdays",
    "scenes": "Scenes",
    "sectors": "Sectors",
    "station": "Local station",
    "cell": "Hexagon",
    "res": "Size of the hexagons",
    "tier": "For whom",
    "lang": "Language",
}
SLIDE_NAMES = {
    "briefing": "Since the last briefing",
    "station": "Local stations",
    "unusual": "Out of the ordinary",
    "sectors": "Sectors that changed most",
    "sector": "Sector in focus",
    "nights": "Nights of the weekend",
    "shift": "The coming shift",
    "card": "Briefing cards of sectors",
    "hotspots": "Hot spots",
    "staffing": "Staffing",
    "safety": "Safety survey",
    "notice": "Notices",
    "state": "Any state",
}
# As `assets/reason.js` has them.
REASONS = (
    "Briefing",
    "Analysis",
    "Planning of patrols",
    "Meeting with partners",
    "Inspection",
    "Other",
)
