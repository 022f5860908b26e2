"""Maps and charts as SVG, and the classes they show; pure."""
