//! The columns of a table of devices: their names in both languages, and how a row becomes an entry and back.

use chengshu_core::model::{DeviceId, Theme};
use chengshu_engine::DeviceSlot;
use chengshu_sheet::{Cell, Row, Sheet};

use super::entry::{EntryBody, PlaceBody};

/// Name in English (also on the wire) and in Chinese.
pub(crate) const COLUMNS: [(&str, &str); 18] = [
    ("device", "设备编号"),
    ("theme", "专题"),
    ("kind", "类型"),
    ("name", "名称"),
    ("department", "责任部门"),
    ("area", "区域"),
    ("groups", "分组"),
    ("lng", "经度"),
    ("lat", "纬度"),
    ("datum", "坐标系"),
    ("gateway", "网关"),
    ("vendor", "厂家"),
    ("model", "型号"),
    ("serial", "序列号"),
    ("installed", "安装日期"),
    ("warranty_until", "质保到期"),
    ("contact", "联系人"),
    ("tags", "标签"),
];

/// Between the words of a list in one cell.
const LIST: [char; 2] = [';', '；'];

/// A mistake in a row: column, what was read, what would be right.
pub(crate) type CellError = (&'static str, String, String);

/// Where each column stands in a sheet.
pub(crate) struct Header(Vec<Option<usize>>);

impl Header {
    /// Reads the headings; unknown and missing ones are told.
    pub(crate) fn of(sheet: &Sheet) -> Result<Self, Vec<(String, String)>> {
        let mut places = vec![None; COLUMNS.len()];
        let mut errors = Vec::new();
        for (place, heading) in sheet.columns.iter().enumerate() {
            let plain = heading.trim().to_lowercase();
            if plain.is_empty() {
                continue;
            }
            match COLUMNS.iter().position(|(en, zh)| *en == plain || *zh == plain) {
                Some(column) if places[column].is_none() => places[column] = Some(place),
                Some(_) => errors.push((heading.clone(), "each heading once".to_owned())),
                None => {
                    let names: Vec<String> = COLUMNS.iter().map(|(en, zh)| format!("{en} ({zh})")).collect();
                    errors.push((heading.clone(), format!("one of {}", names.join(", "))));
                }
            }
        }
        if places[0].is_none() && errors.is_empty() {
            errors.push(("no column device".to_owned(), "a column device (设备编号)".to_owned()));
        }
        if errors.is_empty() { Ok(Self(places)) } else { Err(errors) }
    }

    /// A column as the file calls it; by its English name where the file has none.
    pub(crate) fn heading(&self, sheet: &Sheet, column: &str) -> String {
        let place = COLUMNS.iter().position(|(en, _)| *en == column).and_then(|number| self.0[number]);
        place
            .and_then(|place| sheet.columns.get(place))
            .map_or_else(|| column.to_owned(), |name| name.trim().to_owned())
    }

    fn cell<'a>(&self, row: &'a Row, column: &str) -> Option<&'a str> {
        let column = COLUMNS.iter().position(|(en, _)| *en == column)?;
        let text = row.cells.get(self.0[column]?)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The row's device and theme.
    pub(crate) fn device(&self, row: &Row) -> Result<DeviceId, CellError> {
        let read = self.cell(row, "device").unwrap_or_default();
        DeviceId::parse(read).map_err(|error| ("device", read.to_owned(), error.expected.to_owned()))
    }

    /// The word of the row's theme.
    pub(crate) fn theme<'a>(&self, row: &'a Row) -> Option<&'a str> {
        self.cell(row, "theme")
    }

    /// The row as an entry, or everything that is wrong with it.
    pub(crate) fn entry(
        &self,
        row: &Row,
        device: &DeviceId,
        theme: &Theme,
    ) -> Result<chengshu_core::model::Entry, Vec<CellError>> {
        let text = |column: &str| self.cell(row, column).map(str::to_owned);
        let list = |column: &str| {
            let cell = self.cell(row, column).unwrap_or_default();
            cell.split(LIST).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let mut errors = Vec::new();
        let place = match (self.degrees(row, "lng"), self.degrees(row, "lat")) {
            (Ok(None), Ok(None)) => None,
            (Ok(Some(lng)), Ok(Some(lat))) => Some(PlaceBody { lng, lat, datum: text("datum") }),
            (lng, lat) => {
                for (column, degrees) in [("lng", lng), ("lat", lat)] {
                    match degrees {
                        Err(error) => errors.push(error),
                        Ok(None) => {
                            errors.push((column, String::new(), "both longitude and latitude, or neither".to_owned()))
                        }
                        Ok(Some(_)) => {}
                    }
                }
                None
            }
        };
        let body = EntryBody {
            name: text("name"),
            kind: text("kind"),
            department: text("department"),
            area: text("area"),
            groups: list("groups"),
            place,
            gateway: text("gateway"),
            vendor: text("vendor"),
            model: text("model"),
            serial: text("serial"),
            installed: text("installed"),
            warranty_until: text("warranty_until"),
            contact: text("contact"),
            tags: list("tags"),
        };
        match body.check(device, theme) {
            Ok(entry) if errors.is_empty() => Ok(entry),
            Ok(_) => Err(errors),
            Err(more) => {
                errors.extend(more.into_iter().map(|error| {
                    // two columns make one field
                    (if error.field == "place" { "lng" } else { error.field }, error.read, error.expected)
                }));
                Err(errors)
            }
        }
    }

    fn degrees(&self, row: &Row, column: &'static str) -> Result<Option<f64>, CellError> {
        let Some(text) = self.cell(row, column) else { return Ok(None) };
        let degrees = text.parse::<f64>().ok().filter(|degrees| degrees.is_finite());
        degrees
            .map(Some)
            .ok_or_else(|| (column, text.to_owned(), "degrees as a decimal number, e.g. 111.9553".to_owned()))
    }
}

/// A device as a row, in the order of [`COLUMNS`].
pub(crate) fn row(slot: &DeviceSlot) -> Vec<Cell> {
    let device = &slot.device;
    let entry = EntryBody::from(&device.entry());
    let text = |text: &Option<String>| Cell::of(text.as_deref());
    let degrees =
        |axis: fn(&PlaceBody) -> f64| entry.place.as_ref().map_or(Cell::Empty, |place| Cell::Number(axis(place)));
    vec![
        Cell::of(Some(device.id.as_str())),
        Cell::of(Some(device.theme.as_str())),
        text(&entry.kind),
        text(&entry.name),
        text(&entry.department),
        text(&entry.area),
        Cell::of(Some(&entry.groups.join(";"))),
        degrees(|place| place.lng),
        degrees(|place| place.lat),
        entry.place.as_ref().map_or(Cell::Empty, |place| Cell::of(place.datum.as_deref())),
        text(&entry.gateway),
        text(&entry.vendor),
        text(&entry.model),
        text(&entry.serial),
        text(&entry.installed),
        text(&entry.warranty_until),
        text(&entry.contact),
        Cell::of(Some(&entry.tags.join(";"))),
    ]
}
