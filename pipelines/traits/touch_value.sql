-- What the things of the window are, as values of dimensions: a row per thing and dimension. Input: touch_thing.
WITH told AS (
    SELECT thing_no, make, unnest([
        {'dimension': 'brand', 'value': brand, 'label': brand}, {'dimension': 'make', 'value': make, 'label': make},
        {'dimension': 'model', 'value': CASE WHEN model IS NOT NULL THEN concat_ws(' ', make, model) END, 'label': model},
        {'dimension': 'body_style', 'value': body_style, 'label': body_style},
        {'dimension': 'vehicle_segment', 'value': vehicle_segment, 'label': vehicle_segment},
        {'dimension': 'condition', 'value': condition, 'label': condition},
        {'dimension': 'price_band', 'value': CAST(band_from AS VARCHAR), 'label': CAST(band_from AS VARCHAR)},
        {'dimension': 'rooftop', 'value': rooftop_id, 'label': rooftop_id}, {'dimension': 'vin', 'value': vin, 'label': vin}
    ], recursive := true)
    FROM touch_thing
)
SELECT thing_no, dimension, value, label, CASE WHEN dimension IN ('make', 'model') THEN make END AS make
FROM told
WHERE value IS NOT NULL
