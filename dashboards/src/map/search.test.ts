// The map's search: whole before beginning before inside, by id or name.
import { expect, test } from 'vitest'
import { findDevices } from './search'

const all = [['W-RL-001', '河道站 01'], ['W-RL-010', '河道站 10'], ['X-W-RL-001', null], ['GW-1', '一号网关']].map(([device, name]) => ({ device: device!, name: name ?? null }))
const ids = (text: string, most = 8) => findDevices(all, text, most).found.map((d) => d.device)

test.each([
  ['w-rl-001', ['W-RL-001', 'X-W-RL-001']], ['河道', ['W-RL-001', 'W-RL-010']], ['站 10', ['W-RL-010']], ['  ', []], ['nothing', []], ['网关', ['GW-1']],
])('%s → %o', (text, found) => expect(ids(text)).toEqual(found))
test('no more than asked for, but how many there are', () => expect(findDevices(all, 'w', 2)).toMatchObject({ total: 4, found: [{ device: 'W-RL-001' }, { device: 'W-RL-010' }] }))
