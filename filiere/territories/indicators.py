"""Indicators of communes that an imported file may carry: column, key, vintage, source.

A key is stable and names one quantity; its unit is written beside it. Blank stays unknown.
"""

from dataclasses import dataclass

LIVING_STANDARD = "living_standard_median"
SHARE_75_PLUS = "share_75_plus"

_CENSUS = "INSEE, recensement de la population 2021"
_CIVIL = "INSEE, état civil 2022"
_FILOSOFI = "INSEE, Filosofi 2021"
_IFN = "Indice de fragilité numérique 2020"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One quantity: its key, its vintage, who published it, whether 0 stands for unknown."""

    key: str
    vintage: int
    source: str
    zero_is_unknown: bool = False


# Units: _eur euros a year, _pct per cent, index 100 = mean of the named base, others counts.
BY_COLUMN = {
    "superficie_km2": Indicator("surface_km2", 2024, "INSEE, comparateur de territoires 2024"),
    "population_2021": Indicator("population", 2021, _CENSUS),
    "menages_2021": Indicator("households", 2021, _CENSUS),
    "naissances_2022": Indicator("births", 2022, _CIVIL),
    "deces_2022": Indicator("deaths", 2022, _CIVIL),
    "pop_15_64_totale_2021": Indicator("population_15_64", 2021, _CENSUS),
    "pop_15_64_chomage_2021": Indicator("unemployed_15_64", 2021, _CENSUS),
    "pop_15_64_active_2021": Indicator("active_15_64", 2021, _CENSUS),
    "taux_chomage_rp2021": Indicator("unemployment_pct", 2021, _CENSUS),
    "filo_menages_2021": Indicator("fiscal_households", 2021, _FILOSOFI),
    "filo_personnes_2021": Indicator("fiscal_persons", 2021, _FILOSOFI),
    "filo_niveau_vie_median_2021": Indicator(LIVING_STANDARD, 2021, _FILOSOFI),
    "filo_taux_pauvrete_2021": Indicator("poverty_pct", 2021, _FILOSOFI),
    "filo_part_minima_sociaux_2021": Indicator("social_minima_pct", 2021, _FILOSOFI),
    "filo_part_menages_imposes_2021": Indicator("taxed_households_pct", 2021, _FILOSOFI),
    "filo_d1_2021": Indicator("living_standard_first_decile", 2021, _FILOSOFI),
    "ifn_global_region": Indicator("ifn_global_region", 2020, _IFN, zero_is_unknown=True),
    "ifn_acces_information_region": Indicator(
        "ifn_information_region", 2020, _IFN, zero_is_unknown=True
    ),
    "ifn_acces_interfaces_region": Indicator(
        "ifn_interfaces_region", 2020, _IFN, zero_is_unknown=True
    ),
    "ifn_competences_administratives_region": Indicator(
        "ifn_administrative_skills_region", 2020, _IFN, zero_is_unknown=True
    ),
    "ifn_competences_numeriques_region": Indicator(
        "ifn_digital_skills_region", 2020, _IFN, zero_is_unknown=True
    ),
    "ifn_global_acces_region": Indicator("ifn_access_region", 2020, _IFN, zero_is_unknown=True),
    "ifn_global_competences_region": Indicator(
        "ifn_skills_region", 2020, _IFN, zero_is_unknown=True
    ),
    "ifn_global_departement": Indicator("ifn_global_departement", 2020, _IFN, zero_is_unknown=True),
}
