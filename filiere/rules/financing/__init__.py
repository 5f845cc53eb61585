"""One project, many funders: the plan that adds up, its optimum, its cash and what raising it costs.

Money is integer euro cents everywhere; rates are exact fractions.
"""
