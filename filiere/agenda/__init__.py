"""Everything that can be booked: units, occupations, slots, registrations."""
