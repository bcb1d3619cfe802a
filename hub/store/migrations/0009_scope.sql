-- Which objects a scope covers, as `Scope::covers` in hub/access decides for one of them: some extent must cover its theme,
-- its department and its area. A part is "all" or a list of names; a division code covers what begins with it (names stand
-- in a scope without filling zeros). What has no department or area is covered by "all" alone.
-- One expression, so that the planner writes it into the statement; path and variables, because a name may be "all" too.
CREATE FUNCTION scope_covers(scope jsonb, theme text, department text, area text) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN jsonb_path_exists(
        scope,
        '$[*] ? ((@.themes.type() == "string" || @.themes[*] == $theme)
              && (@.departments.type() == "string" || @.departments[*] == $department)
              && (@.areas.type() == "string" || @.areas[*] == $area[*]))',
        jsonb_build_object('theme', theme, 'department', department, 'area',
            CASE WHEN area ~ '^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$'
                 THEN jsonb_build_array(left(area, 2), left(area, 4), left(area, 6), left(area, 9), area)
                 ELSE jsonb_build_array(area) END));
