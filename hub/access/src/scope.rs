//! How far a right reaches: a union of extents, each a product of themes, departments, areas and camera groups. Decides
//! for one object at a time, without allocating; what the store needs for a query is handed out as data.

use std::sync::Arc;

use chengshu_core::model::Device;
use serde::{Deserialize, Serialize};

use crate::part::Part;

/// What is asked about, borrowed from wherever it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object<'a> {
    /// The theme that it belongs to.
    pub theme: &'a str,
    /// Who answers for it, where anybody said so.
    pub department: Option<&'a str>,
    /// Where it belongs: a name or a division code.
    pub area: Option<&'a str>,
    /// The groups that it is in, when it is a camera; camera groups mean nothing to anything else.
    pub camera: Option<&'a [String]>,
}

impl<'a> Object<'a> {
    /// Something of which only the theme is known.
    #[must_use]
    pub const fn of_theme(theme: &'a str) -> Self {
        Self { theme, department: None, area: None, camera: None }
    }

    /// A device of the register; no camera.
    #[must_use]
    pub fn device(device: &'a Device) -> Self {
        let details = device.details.as_deref();
        Self {
            theme: device.theme.as_str(),
            department: details.and_then(|details| details.department.as_deref()),
            area: details.and_then(|details| details.area.as_deref()),
            camera: None,
        }
    }
}

/// What one grant reaches (范围): these themes, and of them these departments, areas and camera groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Form")]
pub struct Extent {
    themes: Part,
    departments: Part,
    areas: Part,
    camera_groups: Part,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    themes: Part,
    departments: Part,
    areas: Part,
    camera_groups: Part,
}

impl From<Form> for Extent {
    fn from(Form { themes, departments, areas, camera_groups }: Form) -> Self {
        Self::new(themes, departments, areas, camera_groups)
    }
}

impl Extent {
    /// All of all.
    pub const EVERYTHING: Self =
        Self { themes: Part::All, departments: Part::All, areas: Part::All, camera_groups: Part::All };

    /// An extent of these four parts.
    #[must_use]
    pub fn new(themes: Part, departments: Part, areas: Part, camera_groups: Part) -> Self {
        Self { themes, departments, areas: areas.areas(), camera_groups }
    }

    /// Themes, departments, areas (division codes without filling zeros: 4417 means all that begins with it) and camera
    /// groups, for a query that must be exact.
    #[must_use]
    pub const fn parts(&self) -> (&Part, &Part, &Part, &Part) {
        (&self.themes, &self.departments, &self.areas, &self.camera_groups)
    }

    fn covers(&self, object: &Object<'_>) -> bool {
        self.themes.covers(Some(object.theme))
            && self.departments.covers(object.department)
            && self.areas.covers_area(object.area)
            && object.camera.is_none_or(|groups| {
                self.camera_groups.covers(None) || groups.iter().any(|group| self.camera_groups.covers(Some(group)))
            })
    }

    /// One extent that covers exactly what the two do, where there is one: they differ in one part at most, or one
    /// includes the other.
    fn joined(&self, other: &Self) -> Option<Self> {
        let (ours, theirs) = (self.array(), other.array());
        if ours.iter().zip(theirs).all(|(our, their)| our.includes(their)) {
            return Some(self.clone());
        }
        if ours.iter().zip(theirs).all(|(our, their)| their.includes(our)) {
            return Some(other.clone());
        }
        if ours.iter().zip(theirs).filter(|(our, their)| *our != their).count() > 1 {
            return None;
        }
        Some(Self {
            themes: self.themes.union(&other.themes),
            departments: self.departments.union(&other.departments),
            areas: self.areas.union(&other.areas),
            camera_groups: self.camera_groups.union(&other.camera_groups),
        })
    }

    fn array(&self) -> [&Part; 4] {
        [&self.themes, &self.departments, &self.areas, &self.camera_groups]
    }
}

/// Which objects a right reaches (数据范围). Cheap to clone. On the wire a list of extents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Extent>", into = "Vec<Extent>")]
pub enum Scope {
    /// Everything.
    All,
    /// Whatever one of these covers; an empty list covers nothing.
    Of(Arc<[Extent]>),
}

impl Scope {
    /// Whatever one of the extents covers.
    #[must_use]
    pub fn of(extents: impl IntoIterator<Item = Extent>) -> Self {
        let mut kept: Vec<Extent> = Vec::new();
        for mut extent in extents {
            // what it is joined with may now be joined with others: until nothing changes
            while let Some((at, joined)) =
                kept.iter().enumerate().find_map(|(at, one)| Some((at, one.joined(&extent)?)))
            {
                kept.swap_remove(at);
                extent = joined;
            }
            kept.push(extent);
        }
        if kept.contains(&Extent::EVERYTHING) { Self::All } else { Self::Of(kept.into()) }
    }

    /// All of these themes.
    pub fn themes_only<S: AsRef<str>>(themes: impl IntoIterator<Item = S>) -> Self {
        Self::of([Extent { themes: Part::some(themes), ..Extent::EVERYTHING }])
    }

    /// Nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Self::Of(Arc::default())
    }

    /// Whatever one of the scopes covers. Water of one department and fire of another stay two extents: together they do
    /// not give water of the other.
    #[must_use]
    pub fn union<'a>(scopes: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut scopes = scopes.into_iter();
        let (first, second) = (scopes.next(), scopes.next());
        match (first, second) {
            (None, _) => Self::nothing(),
            (Some(one), None) => one.clone(),
            (Some(one), Some(two)) => {
                Self::of([one, two].into_iter().chain(scopes).flat_map(|scope| Vec::from(scope.clone())))
            }
        }
    }

    /// True when the object is within.
    #[must_use]
    pub fn covers(&self, object: &Object<'_>) -> bool {
        match self {
            Self::All => true,
            Self::Of(extents) => extents.iter().any(|extent| extent.covers(object)),
        }
    }

    /// True when some object of the theme may be within. A first look only; the object itself is asked with `covers`.
    #[must_use]
    pub fn covers_theme(&self, theme: &str) -> bool {
        match self {
            Self::All => true,
            Self::Of(extents) => extents.iter().any(|extent| extent.themes.covers(Some(theme))),
        }
    }

    /// The extents, for a query that must be exact; none means everything.
    #[must_use]
    pub fn extents(&self) -> Option<&[Extent]> {
        match self {
            Self::All => None,
            Self::Of(extents) => Some(extents),
        }
    }

    /// The themes that occur; none means all. Cuts a query down, but does not replace `covers`: with several extents not
    /// each theme goes with each department.
    #[must_use]
    pub fn themes(&self) -> Option<Vec<String>> {
        self.names(|extent| &extent.themes)
    }

    /// The departments that occur; none means all. The same warning.
    #[must_use]
    pub fn departments(&self) -> Option<Vec<String>> {
        self.names(|extent| &extent.departments)
    }

    /// The areas that occur, as names or division codes without filling zeros; none means all. The same warning.
    #[must_use]
    pub fn areas(&self) -> Option<Vec<String>> {
        self.names(|extent| &extent.areas)
    }

    fn names(&self, part: impl Fn(&Extent) -> &Part) -> Option<Vec<String>> {
        let all = self.extents()?.iter().map(part).fold(Part::some::<&str>([]), |all, one| all.union(one));
        all.names().map(|names| names.iter().cloned().collect())
    }
}

impl From<Vec<Extent>> for Scope {
    fn from(extents: Vec<Extent>) -> Self {
        Self::of(extents)
    }
}

impl From<Scope> for Vec<Extent> {
    fn from(scope: Scope) -> Self {
        scope.extents().map_or_else(|| vec![Extent::EVERYTHING], <[Extent]>::to_vec)
    }
}
