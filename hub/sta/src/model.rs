//! The data model as this hub serves it: sets, their properties with types, and the ways between them. `properties` of
//! SensorThings is an open object; here its parts are listed, so that a slip of the pen is answered rather than taken
//! for something that is missing.

use crate::Mistake;

/// The name of every entity's identity.
pub const ID: &str = "@iot.id";

/// The sets of entities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// Devices.
    Things,
    /// Where devices stand.
    Locations,
    /// Where devices stood: always empty, since only the present place is known with certainty.
    HistoricalLocations,
    /// One for each metric of each device.
    Datastreams,
    /// Kinds of devices.
    Sensors,
    /// Metrics of kinds.
    ObservedProperties,
    /// Readings.
    Observations,
    /// What readings are about: the place of the device.
    FeaturesOfInterest,
}

/// All sets, in the order of the standard.
pub const SETS: [Set; 8] = [
    Set::Things,
    Set::Locations,
    Set::HistoricalLocations,
    Set::Datastreams,
    Set::Sensors,
    Set::ObservedProperties,
    Set::Observations,
    Set::FeaturesOfInterest,
];

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// A moment.
    Time,
    /// A length of time.
    Span,
    /// A point on the map.
    Place,
    /// A list of words; in comparisons and functions the words joined by commas.
    Words,
    /// Several properties with names of their own.
    Object,
    /// Nothing.
    Null,
}

impl Type {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::Time => "a time",
            Self::Span => "a duration",
            Self::Place => "a place",
            Self::Words => "a list of words",
            Self::Object => "an object",
            Self::Null => "null",
        }
    }
}

/// A property of an entity.
#[derive(Debug, PartialEq, Eq)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// Of an object: its parts.
    pub parts: &'static [(&'static str, Type)],
}

/// A way from an entity to others.
#[derive(Debug, PartialEq, Eq)]
pub struct Nav {
    /// Its name.
    pub name: &'static str,
    /// Where it leads.
    pub to: Set,
    /// To several, or to one.
    pub many: bool,
}

/// A property, perhaps of an entity that lies some ways off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The ways, in order.
    pub navs: Vec<&'static Nav>,
    /// The property; [`ID`] is the identity.
    pub property: &'static str,
    /// The part of an object, where one is named.
    pub part: Option<&'static str>,
    /// What it holds.
    pub ty: Type,
}

const fn plain(name: &'static str, ty: Type) -> Property {
    Property { name, ty, parts: &[] }
}

const fn object(name: &'static str, parts: &'static [(&'static str, Type)]) -> Property {
    Property { name, ty: Type::Object, parts }
}

const fn many(name: &'static str, to: Set) -> Nav {
    Nav { name, to, many: true }
}

const fn one(name: &'static str, to: Set) -> Nav {
    Nav { name, to, many: false }
}

const NAME: Property = plain("name", Type::Text);
const DESCRIPTION: Property = plain("description", Type::Text);
const ENCODING: Property = plain("encodingType", Type::Text);

const THING: &[(&str, Type)] = &[
    ("theme", Type::Text),
    ("kind", Type::Text),
    ("kind_assumed", Type::Bool),
    ("state", Type::Text),
    ("state_since", Type::Time),
    ("last_heard", Type::Time),
    ("age_s", Type::Number),
    ("reason", Type::Text),
    ("severity", Type::Text),
    ("stale_after_s", Type::Number),
    ("offline_after_s", Type::Number),
    ("registration", Type::Text),
    ("department", Type::Text),
    ("area", Type::Text),
    ("vendor", Type::Text),
    ("model", Type::Text),
    ("gateway", Type::Text),
    ("link", Type::Text),
];

const STREAM: &[(&str, Type)] = &[
    ("device", Type::Text),
    ("metric", Type::Text),
    ("theme", Type::Text),
    ("state", Type::Text),
    ("latest", Type::Number),
    ("latest_at", Type::Time),
    ("age_s", Type::Number),
    ("latest_quality", Type::Words),
];

impl Set {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Things => "Things",
            Self::Locations => "Locations",
            Self::HistoricalLocations => "HistoricalLocations",
            Self::Datastreams => "Datastreams",
            Self::Sensors => "Sensors",
            Self::ObservedProperties => "ObservedProperties",
            Self::Observations => "Observations",
            Self::FeaturesOfInterest => "FeaturesOfInterest",
        }
    }

    /// The type of the identity: that of a Datastream is a number.
    #[must_use]
    pub const fn id(self) -> Type {
        if matches!(self, Self::Datastreams) { Type::Number } else { Type::Text }
    }

    /// Its properties.
    #[must_use]
    pub const fn properties(self) -> &'static [Property] {
        match self {
            Self::Things => const { &[NAME, DESCRIPTION, object("properties", THING)] },
            Self::Locations => {
                const {
                    &[
                        NAME,
                        DESCRIPTION,
                        ENCODING,
                        plain("location", Type::Place),
                        object("properties", &[("device", Type::Text), ("datum", Type::Text)]),
                    ]
                }
            }
            Self::HistoricalLocations => const { &[plain("time", Type::Time)] },
            Self::Datastreams => {
                const {
                    &[
                        NAME,
                        DESCRIPTION,
                        plain("observationType", Type::Text),
                        object(
                            "unitOfMeasurement",
                            &[("name", Type::Text), ("symbol", Type::Text), ("definition", Type::Text)],
                        ),
                        object("properties", STREAM),
                    ]
                }
            }
            Self::Sensors => {
                const {
                    &[
                        NAME,
                        DESCRIPTION,
                        ENCODING,
                        plain("metadata", Type::Text),
                        object("properties", &[("theme", Type::Text), ("kind", Type::Text)]),
                    ]
                }
            }
            Self::ObservedProperties => {
                const {
                    &[
                        NAME,
                        plain("definition", Type::Text),
                        DESCRIPTION,
                        object(
                            "properties",
                            &[
                                ("theme", Type::Text),
                                ("kind", Type::Text),
                                ("metric", Type::Text),
                                ("unit", Type::Text),
                                ("min", Type::Number),
                                ("max", Type::Number),
                            ],
                        ),
                    ]
                }
            }
            Self::Observations => {
                const {
                    &[
                        plain("phenomenonTime", Type::Time),
                        plain("resultTime", Type::Time),
                        plain("result", Type::Number),
                        plain("resultQuality", Type::Words),
                    ]
                }
            }
            Self::FeaturesOfInterest => {
                const {
                    &[
                        NAME,
                        DESCRIPTION,
                        ENCODING,
                        plain("feature", Type::Place),
                        object("properties", &[("device", Type::Text), ("datum", Type::Text)]),
                    ]
                }
            }
        }
    }

    /// The ways from its entities.
    #[must_use]
    pub const fn navs(self) -> &'static [Nav] {
        const PAST: Nav = many("HistoricalLocations", Set::HistoricalLocations);
        const STREAMS: Nav = many("Datastreams", Set::Datastreams);
        const THING: Nav = one("Thing", Set::Things);
        const READINGS: Nav = many("Observations", Set::Observations);
        match self {
            Self::Things => const { &[STREAMS, many("Locations", Set::Locations), PAST] },
            Self::Locations => const { &[many("Things", Set::Things), PAST] },
            Self::HistoricalLocations => const { &[THING, many("Locations", Set::Locations)] },
            Self::Datastreams => {
                const { &[THING, one("Sensor", Set::Sensors), one("ObservedProperty", Set::ObservedProperties), READINGS] }
            }
            Self::Sensors | Self::ObservedProperties => const { &[STREAMS] },
            Self::Observations => {
                const { &[one("Datastream", Set::Datastreams), one("FeatureOfInterest", Set::FeaturesOfInterest)] }
            }
            Self::FeaturesOfInterest => const { &[READINGS] },
        }
    }

    pub(crate) fn property(self, name: &str) -> Option<&'static Property> {
        self.properties().iter().find(|property| property.name == name)
    }

    pub(crate) fn nav(self, name: &str) -> Option<&'static Nav> {
        self.navs().iter().find(|nav| nav.name == name)
    }

    /// The names of its properties and ways, for those who missed them.
    pub(crate) fn names(self) -> String {
        let properties = self.properties().iter().map(|property| property.name);
        let names: Vec<&str> =
            [ID].into_iter().chain(properties).chain(self.navs().iter().map(|nav| nav.name)).collect();
        format!("one of {}", names.join(", "))
    }

    /// The path that those words mean; `what` tells where they stood.
    pub(crate) fn path(self, what: &str, words: &[&str]) -> Result<Path, Mistake> {
        let read = words.join("/");
        let (mut set, mut navs, mut rest) = (self, Vec::new(), words);
        while let [word, more @ ..] = rest {
            if let Some(nav) = set.nav(word).filter(|_| navs.len() < 4) {
                navs.push(nav);
                (set, rest) = (nav.to, more);
                continue;
            }
            if is_id(word) && more.is_empty() {
                return Ok(Path { navs, property: ID, part: None, ty: set.id() });
            }
            let Some(property) = set.property(word) else { break };
            let (part, ty) = match (more, property.parts) {
                ([], _) => (None, property.ty),
                ([part], parts) if !parts.is_empty() => match parts.iter().find(|(known, _)| known == part) {
                    Some((known, ty)) => (Some(*known), *ty),
                    None => {
                        let known: Vec<&str> = parts.iter().map(|(known, _)| *known).collect();
                        return Err(Mistake::new(what, &read, format!("after {word}/ one of {}", known.join(", "))));
                    }
                },
                _ => {
                    return Err(Mistake::new(
                        what,
                        &read,
                        format!("nothing after {word}, which is {}", property.ty.word()),
                    ));
                }
            };
            return Ok(Path { navs, property: property.name, part, ty });
        }
        let name = set.name();
        Err(Mistake::new(what, &read, format!("a property of {name}: {}", set.names())))
    }
}

impl Path {
    /// A condition may look along the ways that stay with one device; others would mean a question to the database for
    /// each entity, or thousands of entities for one.
    pub(crate) fn in_memory(&self, what: &str, mut from: Set) -> Result<(), Mistake> {
        for nav in &self.navs {
            let leads = !matches!(nav.to, Set::Observations | Set::HistoricalLocations)
                && !matches!(from, Set::Sensors | Set::ObservedProperties);
            if !leads {
                let read = format!("{}/{}", from.name(), nav.name);
                return Err(Mistake::new(
                    what,
                    &read,
                    format!("a property; filter {} themselves instead", nav.to.name()),
                ));
            }
            from = nav.to;
        }
        Ok(())
    }
}

/// Both names of an identity.
pub(crate) fn is_id(word: &str) -> bool {
    word == ID || word == "id"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_or_the_names_are_told() {
        let path = Set::Observations.path("$filter", &["Datastream", "Thing", "properties", "theme"]).unwrap();
        assert_eq!((path.navs.len(), path.property, path.part, path.ty), (2, "properties", Some("theme"), Type::Text));
        assert_eq!(Set::Datastreams.path("$filter", &["id"]).unwrap().ty, Type::Number);
        for (words, expected) in [
            (&["nmae"][..], "one of @iot.id, name, description, properties, Datastreams"),
            (&["properties", "them"][..], "after properties/ one of theme, kind"),
            (&["name", "x"][..], "nothing after name"),
            (&["Datastreams"][..], "a property of Datastreams"),
            (&[][..], "a property of Things"),
        ] {
            let mistake = Set::Things.path("$filter", words).unwrap_err().to_string();
            assert!(mistake.contains(expected), "{mistake}");
        }
    }
}
