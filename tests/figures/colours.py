"""How colours look: to others' eyes, in grey, after a photocopier; independent of the code under test."""

from __future__ import annotations

import numpy as np

# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision
# Deficiency, IEEE TVCG 15(6), 2009, https://doi.org/10.1109/TVCG.2009.113; severity 1.0, linear RGB.
DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# sRGB (IEC 61966-2-1) to XYZ under D65, and its white.
_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _XYZ.sum(axis=1)


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(colour: str, deficiency: str = "none") -> np.ndarray:
    """CIE L*a*b* of a colour as it is seen."""
    seen = np.clip(np.array(DEFICIENCIES[deficiency]) @ linear(colour), 0, 1)
    t = (_XYZ @ seen) / _WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, deficiency: str = "none") -> float:
    """CIE 1976 colour difference."""
    return float(np.linalg.norm(lab(one, deficiency) - lab(other, deficiency)))


def lightness(colour: str) -> float:
    return float(lab(colour)[0])


def wcag(one: str, other: str) -> float:
    """Contrast ratio, https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    a, b = sorted(float(weights @ linear(c)) for c in (one, other))
    return (b + 0.05) / (a + 0.05)
