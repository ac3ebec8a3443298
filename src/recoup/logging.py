"""`get_run_logger` where programs written for Prefect import it from; it lives in `recoup.logs`."""

from recoup.logs import get_run_logger

__all__ = ["get_run_logger"]
