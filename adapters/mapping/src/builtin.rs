//! The mappings that come with the hub: one file of data for each foreign form. A deployment uses one as it is, or takes
//! its text as the beginning of its own.

use crate::mistake::Mistakes;
use crate::set::Mappings;

/// File name and text of every one.
pub const FILES: [(&str, &str); 4] = [
    ("chirpstack4.toml", include_str!("../builtin/chirpstack4.toml")),
    ("ctwing-aep.toml", include_str!("../builtin/ctwing-aep.toml")),
    ("onenet.toml", include_str!("../builtin/onenet.toml")),
    ("ttn3.toml", include_str!("../builtin/ttn3.toml")),
];

/// The text of one, by the name of its mapping.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    let file = format!("{name}.toml");
    FILES.into_iter().find(|(known, _)| *known == file).map(|(_, text)| text)
}

/// All of them. A test sees to it that there are no mistakes.
///
/// # Errors
/// Those of the files, should there be any.
pub fn all() -> Result<Mappings, Mistakes> {
    let texts: Vec<&str> = FILES.into_iter().map(|(_, text)| text).collect();
    Mappings::load(&texts.join("\n"))
}
