// Coordinates as the fake hub stores them: CGCS2000, which is WGS-84 to the centimetre. The Chinese datums are moved by the
// offset that they have around the district, about; the real hub computes it.
const OFFSET = { gcj02: [0.00487, -0.0027], bd09: [0.01132, 0.0033] }

export function inDatum({ lng, lat, datum }) {
  const [dx, dy] = OFFSET[datum] ?? [0, 0]
  return { lng: +(lng - dx).toFixed(6), lat: +(lat - dy).toFixed(6), datum: 'cgcs2000' }
}
