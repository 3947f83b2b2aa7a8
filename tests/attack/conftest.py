"""The small city as somebody sees it who wants more than is theirs."""

from tests.api.conftest import Program as Program
from tests.api.conftest import Programs as Programs
from tests.api.conftest import fresh_rates as fresh_rates
from tests.api.conftest import programs as programs
from tests.web.conftest import City as City
from tests.web.conftest import city as city
