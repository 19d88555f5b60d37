"""Public holidays of an institution's country and region: they warn, and never block."""

from schedules.holidays.library import Holiday, region_name, regions
from schedules.holidays.service import holidays_of, put_region, region_of_house, version_of_region
from schedules.holidays.web import routes

__all__ = [
    "Holiday",
    "holidays_of",
    "put_region",
    "region_name",
    "region_of_house",
    "regions",
    "routes",
    "version_of_region",
]
