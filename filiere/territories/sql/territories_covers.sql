-- Does one of these territories hold this commune: itself, its city, EPCI, département, région, the
-- nation, or a perimeter that lists it? An arrondissement inherits what contains its city. NULL
-- commune: no. The same answer as programmes.queries.territories_of, without listing them all.
CREATE OR REPLACE FUNCTION territories_covers(p_territories bigint[], p_commune bigint)
RETURNS boolean
LANGUAGE plpgsql STABLE
AS $body$
DECLARE
    v_around bigint[];
BEGIN
    SELECT ARRAY[id, commune_id, epci_id, departement_id, region_id] INTO v_around
      FROM territories_territory WHERE id = p_commune;
    -- Nearly always one of these; the rest is asked when it is not.
    IF v_around IS NULL OR v_around && p_territories THEN
        RETURN v_around IS NOT NULL;
    END IF;
    RETURN EXISTS (
        SELECT FROM territories_territory t
          LEFT JOIN territories_territory city ON city.id = t.commune_id
         WHERE t.id = p_commune
           AND (coalesce(t.epci_id, city.epci_id) = ANY (p_territories)
                OR coalesce(t.departement_id, city.departement_id) = ANY (p_territories)
                OR coalesce(t.region_id, city.region_id) = ANY (p_territories)
                OR EXISTS (SELECT FROM territories_territory_members
                            WHERE from_territory_id = ANY (p_territories)
                              AND to_territory_id IN (t.id, t.commune_id))
                OR EXISTS (SELECT FROM territories_territory
                            WHERE id = ANY (p_territories) AND kind = 'nation'))
    );
END
$body$;
