"""Where a drag is, as each release of Qt takes it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QLibraryInfo, QPoint, QPointF, QVersionNumber


def spot(pixel: QPoint) -> Any:
    """Qt 6.12 deprecates whole numbers for the place of a drag; earlier ones take nothing else."""
    return QPointF(pixel) if QLibraryInfo.version() >= QVersionNumber(6, 12) else pixel
