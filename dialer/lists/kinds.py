"""What a list of each kind must have."""

from collections.abc import Mapping

from backoffice.extracts.kinds import ExtractKind
from backoffice.extracts.payments import PAYMENTS
from backoffice.extracts.prepaid_report import PREPAID_REPORT
from dialer.lists.model import ListKind

EXTRACTS: Mapping[ListKind, ExtractKind] = {ListKind.PREPAID_REPORT: PREPAID_REPORT, ListKind.PAYMENTS: PAYMENTS}
