import { expect, test } from 'vitest'
import { actWords, changesOf } from './acts'

test.each([
  ['a field that was another', { zone: 'UTC' }, { zone: 'Asia/Tokyo' }, 'zone: UTC → Asia/Tokyo'],
  ['a field that was not there', {}, { first_on: '2026-03-01' }, 'first on: 2026-03-01'],
  [
    'a list, and an empty one',
    {},
    { revoked: ['a', 'b'], notes: [], removed: {} },
    'revoked: a, b',
  ],
  ['counts', {}, { removed: { contacts: 1 } }, 'removed: {"contacts":1}'],
])('what changed is told of %s', (_, before, after, words) => {
  expect(changesOf({ act: 'participant.change', before, after })).toBe(words)
})

test('of contact details only the fields are told, not their digests', () => {
  const digests = { email: 'de2404472a3e1d99', name: 'd782a4311b3bf651' }

  expect(changesOf({ act: 'contact.change', before: {}, after: digests })).toBe('email, name')
})

test('an act without words is shown as it is', () => {
  expect(actWords({ act: 'new.act' })).toBe('new.act')
})
