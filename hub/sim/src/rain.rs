//! Showers (雨团) that are born, drift over the district, peak and fade. Most are gentle; now and then one stays where it
//! is and fills a gauge. It knows nothing of what the rain does on the ground.

use std::f64::consts::PI;

use crate::noise::Noise;

/// On average one shower is born in this time, seconds.
const MEAN_GAP_S: f64 = 1.5 * 3600.0;
/// This share of them is heavy.
const HEAVY_SHARE: f64 = 0.3;
/// Half the width and height of the rectangle around the district in which showers are born, km.
const HALF_KM: (f64, f64) = (14.0, 18.0);

/// One shower. Kilometres from the middle of the district, seconds of the world's time.
#[derive(Debug, Clone)]
struct Shower {
    x: f64,
    y: f64,
    vx: f64,
    vy: f64,
    sigma: f64,
    born: f64,
    life: f64,
    peak_mm_h: f64,
}

impl Shower {
    fn new(noise: &mut Noise, born: f64) -> Self {
        let heavy = noise.unit() < HEAVY_SHARE;
        let pick = |noise: &mut Noise, gentle: (f64, f64), strong: (f64, f64)| {
            let (low, high) = if heavy { strong } else { gentle };
            noise.between(low, high)
        };
        let speed = pick(noise, (0.002, 0.006), (0.0, 0.0005)); // km/s
        let heading = noise.between(0.0, 2.0 * PI);
        Self {
            x: noise.between(-HALF_KM.0, HALF_KM.0),
            y: noise.between(-HALF_KM.1, HALF_KM.1),
            vx: speed * heading.cos(),
            vy: speed * heading.sin(),
            sigma: pick(noise, (2.0, 4.0), (1.2, 1.8)),
            born,
            life: pick(noise, (2400.0, 6000.0), (5400.0, 9000.0)),
            peak_mm_h: pick(noise, (6.0, 32.0), (60.0, 110.0)),
        }
    }

    /// Onset, peak at a third of its life, decay.
    fn mm_h(&self, (x, y): (f64, f64), now: f64) -> f64 {
        let age = now - self.born;
        if age <= 0.0 || age >= self.life {
            return 0.0;
        }
        let (dx, dy) = (x - self.x - self.vx * age, y - self.y - self.vy * age);
        let far = (dx * dx + dy * dy) / (2.0 * self.sigma * self.sigma);
        if far > 12.0 {
            return 0.0;
        }
        self.peak_mm_h * (PI * (age / self.life).powf(0.65)).sin().powi(2) * (-far).exp()
    }
}

/// The rain over the district.
#[derive(Debug, Clone)]
pub(crate) struct Rain {
    noise: Noise,
    next_birth: f64,
    showers: Vec<Shower>,
}

impl Rain {
    pub(crate) fn new(seed: u64) -> Self {
        Self { noise: Noise::new(seed, 0x5241_494e), next_birth: 0.0, showers: vec![] }
    }

    /// Lets showers be born and die until `now`.
    pub(crate) fn advance(&mut self, now: f64) {
        self.showers.retain(|shower| now < shower.born + shower.life);
        while self.next_birth <= now {
            let shower = Shower::new(&mut self.noise, self.next_birth);
            self.showers.push(shower);
            self.next_birth += self.noise.wait(MEAN_GAP_S);
        }
    }

    /// A shower over a point, so that a demo does not begin under an empty sky.
    pub(crate) fn welcome(&mut self, (x, y): (f64, f64), born: f64) {
        self.showers.push(Shower { x, y, vx: 0.0002, vy: 0.0001, sigma: 2.2, born, life: 5400.0, peak_mm_h: 46.0 });
    }

    /// How hard it rains at a point, mm/h.
    pub(crate) fn mm_h(&self, at: (f64, f64), now: f64) -> f64 {
        self.showers.iter().map(|shower| shower.mm_h(at, now)).sum()
    }
}
