// The label's code: modules of the encoder as runs of one path, an address without a key.
import { expect, test } from 'vitest'
import { encode } from 'uqr'
import { isLocal, labelAddress, qrOf } from './qr'

test('the path has exactly the dark modules', () => {
  const { size, path } = qrOf('http://10.0.0.8:8080/#/desk/commission/W-RL-007')
  const dark = [...path.matchAll(/M\d+ \d+h(\d+)v1/g)].reduce((n, m) => n + Number(m[1]), 0)
  const { data } = encode('http://10.0.0.8:8080/#/desk/commission/W-RL-007', { ecc: 'M', border: 0 })
  expect([size, dark]).toEqual([data.length, data.flat().filter(Boolean).length])
})
test('the address is this hub\'s', () => expect(labelAddress('#/desk/commission/X')).toMatch(/^http.*\/#\/desk\/commission\/X$/))
test.each([['localhost:8080', true], ['127.0.0.1', true], ['10.0.0.8:8080', false], ['hub.example', false]])('%s local: %s', (host, is) => expect(isLocal(host)).toBe(is))
