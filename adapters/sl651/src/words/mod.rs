//! The words of the standard as data: elements, functions, station classes, configuration items, status bits. Decides
//! nothing.

mod classes;
mod config;
mod elements;
mod functions;
mod status;

pub use classes::{CLASSES, Class, class};
pub use config::{CONFIG, ConfigItem, config_item};
pub use elements::{ELEMENTS, Element, by_id, by_metric, by_name};
pub use functions::{FUNCTIONS, Function, function};
pub use status::{BITS, StatusBit};

/// Metrics that are no numeric element: id, Chinese, English, unit.
pub const DERIVED: &[(&str, &str, &str, &str)] = &[
    ("rain_5m", "5分钟时段降水量", "Rain in 5 min", "mm"),
    ("rain_step", "时段降水量（累计值之差）", "Rain since the report before", "mm"),
    ("level_2", "水位2", "Level 2", "m"),
    ("level_3", "水位3", "Level 3", "m"),
    ("level_4", "水位4", "Level 4", "m"),
    ("level_5", "水位5", "Level 5", "m"),
    ("level_6", "水位6", "Level 6", "m"),
    ("level_7", "水位7", "Level 7", "m"),
    ("level_8", "水位8", "Level 8", "m"),
    ("level_rel_1", "相对水位1", "Relative level 1", "m"),
    ("level_rel_2", "相对水位2", "Relative level 2", "m"),
    ("level_rel_3", "相对水位3", "Relative level 3", "m"),
    ("level_rel_4", "相对水位4", "Relative level 4", "m"),
    ("level_rel_5", "相对水位5", "Relative level 5", "m"),
    ("level_rel_6", "相对水位6", "Relative level 6", "m"),
    ("level_rel_7", "相对水位7", "Relative level 7", "m"),
    ("level_rel_8", "相对水位8", "Relative level 8", "m"),
];

/// The unit of a metric of this crate; empty for none.
#[must_use]
pub fn unit(metric: &str) -> &'static str {
    let derived = || DERIVED.iter().find(|(id, ..)| *id == metric).map(|(.., unit)| *unit);
    by_metric(metric).map(|element| element.unit).or_else(derived).unwrap_or_default()
}
