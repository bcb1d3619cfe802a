//! Coordinates of Chinese map services on their way in. Everything is stored as CGCS2000, which equals WGS-84 within
//! centimetres for this use; a pair is converted once, at the edge, and never twice.

use serde::{Deserialize, Serialize};

/// The datum of a coordinate pair as it arrives (坐标基准).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Datum {
    /// China Geodetic Coordinate System 2000 (2000国家大地坐标系); what is stored.
    #[default]
    Cgcs2000,
    /// World Geodetic System 1984; taken as the same.
    Wgs84,
    /// The offset of Amap and Tencent (火星坐标): 300 to 600 m.
    Gcj02,
    /// The offset of Baidu, on top of GCJ-02 (百度坐标).
    Bd09,
}

impl Datum {
    /// The words that are understood.
    pub const WORDS: &'static str = "cgcs2000, wgs84, gcj02 or bd09";

    /// The datum of that word, in any case, with or without a hyphen.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().replace('-', "").as_str() {
            "cgcs2000" => Some(Self::Cgcs2000),
            "wgs84" => Some(Self::Wgs84),
            "gcj02" => Some(Self::Gcj02),
            "bd09" => Some(Self::Bd09),
            _ => None,
        }
    }

    /// Longitude and latitude as CGCS2000, degrees.
    #[must_use]
    pub fn to_cgcs2000(self, lng: f64, lat: f64) -> (f64, f64) {
        match self {
            Self::Cgcs2000 | Self::Wgs84 => (lng, lat),
            Self::Gcj02 => rounded(from_gcj02(lng, lat)),
            Self::Bd09 => {
                let (lng, lat) = bd09_to_gcj02(lng, lat);
                rounded(from_gcj02(lng, lat))
            }
        }
    }
}

/// Semi-major axis and squared eccentricity of the Krasovsky ellipsoid, which GCJ-02 is computed on.
const A: f64 = 6_378_245.0;
const EE: f64 = 0.006_693_421_622_965_943;
const PI: f64 = std::f64::consts::PI;
const BD_PI: f64 = PI * 3000.0 / 180.0;

/// The published approximation of GCJ-02: no official text is open. Applied inside China's bounding box only.
fn to_gcj02(lng: f64, lat: f64) -> (f64, f64) {
    if !(73.66..=135.05).contains(&lng) || !(3.86..=53.55).contains(&lat) {
        return (lng, lat);
    }
    let (x, y) = (lng - 105.0, lat - 35.0);
    let wave = |t: f64, k: f64| (t * k * PI).sin();
    let common = (20.0 * wave(x, 6.0) + 20.0 * wave(x, 2.0)) * 2.0 / 3.0;
    let d_lat = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + common
        + (20.0 * wave(y, 1.0) + 40.0 * wave(y, 1.0 / 3.0)) * 2.0 / 3.0
        + (160.0 * wave(y, 1.0 / 12.0) + 320.0 * wave(y, 1.0 / 30.0)) * 2.0 / 3.0;
    let d_lng = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + common
        + (20.0 * wave(x, 1.0) + 40.0 * wave(x, 1.0 / 3.0)) * 2.0 / 3.0
        + (150.0 * wave(x, 1.0 / 12.0) + 300.0 * wave(x, 1.0 / 30.0)) * 2.0 / 3.0;
    let radians = lat / 180.0 * PI;
    let magic = 1.0 - EE * radians.sin().powi(2);
    let d_lat = d_lat * 180.0 / ((A * (1.0 - EE)) / (magic * magic.sqrt()) * PI);
    let d_lng = d_lng * 180.0 / (A / magic.sqrt() * radians.cos() * PI);
    (lng + d_lng, lat + d_lat)
}

/// The inverse has no closed form: one step is off by a metre or two, a few are exact.
fn from_gcj02(lng: f64, lat: f64) -> (f64, f64) {
    let (mut x, mut y) = (lng, lat);
    for _ in 0..10 {
        let (gx, gy) = to_gcj02(x, y);
        let (dx, dy) = (lng - gx, lat - gy);
        (x, y) = (x + dx, y + dy);
        if dx.abs() < 1e-9 && dy.abs() < 1e-9 {
            break;
        }
    }
    (x, y)
}

/// To a centimetre: what is converted is not exact to more.
fn rounded((lng, lat): (f64, f64)) -> (f64, f64) {
    ((lng * 1e7).round() / 1e7, (lat * 1e7).round() / 1e7)
}

fn bd09_to_gcj02(lng: f64, lat: f64) -> (f64, f64) {
    let (x, y) = (lng - 0.0065, lat - 0.006);
    let z = x.hypot(y) - 0.000_02 * (y * BD_PI).sin();
    let theta = y.atan2(x) - 0.000_003 * (x * BD_PI).cos();
    (z * theta.cos(), z * theta.sin())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: (f64, f64), wanted: (f64, f64), degrees: f64) {
        assert!((got.0 - wanted.0).abs() < degrees && (got.1 - wanted.1).abs() < degrees, "{got:?} {wanted:?}");
    }

    /// Vectors: the Beijing point stands in the public tests of coordtransform_rs and hutool; the points in 阳江 were
    /// made with the same formulas, and are places, not survey marks.
    #[test]
    fn agrees_with_the_public_vectors() {
        close(to_gcj02(116.404, 39.915), (116.410_244_499_169_38, 39.916_404_281_501_64), 1e-9);
        close(bd09_to_gcj02(116.404, 39.915), (116.397_627_291_193_15, 39.908_656_739_576_31), 1e-9);
        let places = [
            ((111.955_36, 21.861_43), (111.960_365_004, 21.858_627_27), (111.966_815_69, 21.864_966_263)),
            ((111.791_54, 22.170_41), (111.796_679_137, 22.167_559_636), (111.803_202_392, 22.173_340_361)),
            ((111.905_6, 21.614_5), (111.910_530_82, 21.611_734_956), (111.917_097_367, 21.617_451_168)),
        ];
        for (wgs, gcj, bd) in places {
            close(Datum::Gcj02.to_cgcs2000(gcj.0, gcj.1), wgs, 2e-7);
            close(Datum::Bd09.to_cgcs2000(bd.0, bd.1), wgs, 2e-5); // Baidu's own inverse is an approximation: 2 m
            assert_eq!(Datum::Wgs84.to_cgcs2000(wgs.0, wgs.1), wgs);
        }
        assert_eq!(Datum::Gcj02.to_cgcs2000(2.35, 48.85), (2.35, 48.85), "no offset outside China");
        assert_eq!(Datum::of("GCJ-02"), Some(Datum::Gcj02));
        assert_eq!(Datum::of("beijing54"), None);
    }
}
