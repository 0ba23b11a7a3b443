-- Of all whom a segment's rules mean, how many each platform could find. Inputs: reach, eligibility, membership,
-- audience_segment (audience, segment), segment_target (segment, target_low, target_high). Shares are rounded when shown, never here.
WITH meant AS (
  SELECT segment, count(DISTINCT person_id) AS universe
  FROM eligibility JOIN audience_segment USING (audience) WHERE CAST(outcome AS VARCHAR) <> 'excluded' GROUP BY segment
),
held AS (
  SELECT CAST(segment AS VARCHAR) AS segment, count(DISTINCT person_id) AS members FROM membership
  WHERE len(channels) > 0 GROUP BY ALL
),
found AS (
  SELECT platform, CAST(segment AS VARCHAR) AS segment,
    coalesce(sum(matchable) FILTER (CAST(verdict AS VARCHAR) NOT IN ('not_sent', 'nobody')), 0) AS matchable,
    coalesce(sum(matched_low) FILTER (CAST(verdict AS VARCHAR) NOT IN ('not_sent', 'nobody')), 0) AS matched_low,
    coalesce(sum(matched_high) FILTER (CAST(verdict AS VARCHAR) NOT IN ('not_sent', 'nobody')), 0) AS matched_high,
    coalesce(sum(matchable) FILTER (CAST(verdict AS VARCHAR) = 'not_sent'), 0) AS in_small_cells
  FROM reach GROUP BY ALL
)
SELECT found.platform, found.segment, coalesce(universe, 0) AS universe, coalesce(members, 0) AS members,
  CAST(matchable AS BIGINT) AS matchable, CAST(least(matched_low, matchable) AS BIGINT) AS matched_low,
  CAST(least(matched_high, matchable) AS BIGINT) AS matched_high, CAST(in_small_cells AS BIGINT) AS in_small_cells,
  CASE WHEN universe > 0 THEN CAST(least(matched_low, matchable) AS DOUBLE) / universe END AS share_low,
  CASE WHEN universe > 0 THEN CAST(least(matched_high, matchable) AS DOUBLE) / universe END AS share_high,
  target_low, target_high
FROM found LEFT JOIN meant USING (segment) LEFT JOIN held USING (segment) LEFT JOIN segment_target USING (segment)
ORDER BY platform, segment
