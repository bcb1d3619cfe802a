// The fake hub's hours of one metric of all devices of a theme: a swing around each device's present value, with the silence
// of devices that are not live. Deterministic for a device and an hour.

const HOUR_MS = 3_600_000

export function hours(world, { theme, metric, from, to, agg = 'avg' }) {
  const first = Math.floor(+from / HOUR_MS)
  const count = Math.ceil(+to / HOUR_MS) - first
  const devices = [...world.devices.values()].filter((d) => d.theme === theme && d.registration !== 'pending' && d.metrics[metric])
  if (!devices.length) return null
  const lift = { avg: 0, min: -0.08, max: 0.08 }[agg]
  return {
    from: first * HOUR_MS, hours: count, final_until: first * HOUR_MS + (count - 1) * HOUR_MS,
    devices: devices.map((d, n) => ({
      device: d.device, unit: d.metrics[metric].unit,
      values: Array.from({ length: count }, (_, i) => {
        const hour = first + i
        if (hour * HOUR_MS > (d.last_heard ?? 0) || (hour + n * 7) % 31 === 0) return null
        const swing = 0.25 * Math.sin((hour % 24) / 3.8 + n) * Math.max(0, 1 - (count - 1 - i) / count)
        return +(d.metrics[metric].value * (1 + lift + swing * ((count - 1 - i) / count))).toFixed(3)
      }),
    })),
  }
}
