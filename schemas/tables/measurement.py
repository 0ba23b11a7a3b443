"""Stage `measurement`: what the audiences are for, in numbers."""

import dataframely as dy

from schemas.contract import Table
from schemas.vocabulary import segment


class Kpi(dy.Schema):
    """One figure per segment and day, beside the plan's target."""

    segment = segment(key=True)
    kpi = dy.String(primary_key=True, description="name of the figure, such as members, leads_30d, service_appointments_30d")
    scope = dy.String(primary_key=True, description="group, or brand:…, market:…, rooftop:…")
    value = dy.Float64(description="the figure")
    unit = dy.String(description="people, leads, appointments, US dollars")
    target_low = dy.Float64(nullable=True, description="lower end of the plan's target, same unit")
    target_high = dy.Float64(nullable=True, description="upper end of the plan's target, same unit")


KPI = Table("kpi", "measurement", Kpi, "Figures per segment beside the plan's targets.", is_personal=False)
