"""Project files: one need, many funders; budget, plan, what was asked, paid and proved."""
