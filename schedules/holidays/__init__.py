"""Public holidays of an institution's country and region: they warn, and never block."""

from schedules.holidays.library import Holiday
from schedules.holidays.service import holidays_of, put_region, region_of_house
from schedules.holidays.web import routes

__all__ = ["Holiday", "holidays_of", "put_region", "region_of_house", "routes"]
