import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { Right } from '@/api/client'
import { open } from '@/testing/render'

const rights: Right[] = ['read', 'manage_access', 'manage_keys', 'read_audit']

test('a user is added with a role, places and a first password', async () => {
  const { user, asked } = open('/access', { rights })

  await user.click(await screen.findByRole('button', { name: 'Add a user' }))
  const dialog = await screen.findByRole('dialog')
  await user.type(within(dialog).getByLabelText(/^Name/), 'zoe')
  await user.selectOptions(within(dialog).getByLabelText('Role'), 'analyst')
  await user.type(within(dialog).getByLabelText('Places'), 'DEMO, DEMO/NORTH')
  await user.type(within(dialog).getByLabelText(/^First password/), 'a long enough word')
  await user.click(within(dialog).getByRole('button', { name: 'Add' }))

  expect(await screen.findByText('zoe')).toBeTruthy()
  const sent = asked.find(({ method }) => method === 'POST')
  expect(await sent?.json()).toEqual({
    name: 'zoe',
    role: 'analyst',
    places: ['DEMO', 'DEMO/NORTH'],
    password: 'a long enough word',
  })
})

test('somebody is shut out, and the table says so', async () => {
  const { user } = open('/access', { rights })

  await user.click(await screen.findByRole('button', { name: 'Shut carla out' }))

  expect(await screen.findByRole('button', { name: 'Let carla in' })).toBeTruthy()
})

test('a key is shown once', async () => {
  const { user } = open('/access?tab=keys', { rights })

  await user.click(await screen.findByRole('button', { name: 'Make a key' }))
  await user.type(await screen.findByLabelText(/^What it is for/), 'notebooks')
  await user.click(screen.getByRole('button', { name: 'Make the key' }))
  expect(await screen.findByText('wh_shown-once')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Done' }))

  await waitFor(() => expect(screen.queryByText('wh_shown-once')).toBeNull())
})

test('a key is revoked only after a question', async () => {
  const { user, asked } = open('/access?tab=keys', { rights })

  await user.click(await screen.findByRole('button', { name: 'Revoke the key notebooks' }))
  expect(asked.some(({ method }) => method === 'DELETE')).toBe(false)
  await user.click(screen.getByRole('button', { name: 'Revoke' }))

  expect(await screen.findByText('No program has a key')).toBeTruthy()
})

test('who may not manage access does not see the page', async () => {
  open('/access', { rights: ['read'] })

  expect(await screen.findByText('Not for your role')).toBeTruthy()
  expect(screen.queryByRole('link', { name: 'Access' })).toBeNull()
})

test('the trail says who did what, before and after, and why', async () => {
  open('/audit', { rights })

  expect(await screen.findByText('looked at contact details')).toBeTruthy()
  expect(screen.getByText('site: NORTH → SOUTH')).toBeTruthy()
  expect(screen.getByText('moved house')).toBeTruthy()
})

test('the trail is narrowed to one kind of act, and the address says so', async () => {
  const { user, router } = open('/audit', { rights })
  await screen.findByText('looked at contact details')

  await user.selectOptions(screen.getByLabelText('What'), 'session')

  expect(await screen.findByText('signed in')).toBeTruthy()
  await waitFor(() => expect(screen.queryByText('looked at contact details')).toBeNull())
  expect(router.state.location.search).toEqual({ act: 'session' })
})

test.each([
  [true, 'As it was written'],
  [false, 'Not as it was written'],
])('verifying tells whether the trail is sound: %s', async (sound, word) => {
  const { user } = open('/audit', { rights, sound })

  await user.click(await screen.findByRole('button', { name: 'Verify the trail' }))

  expect(await screen.findByText(word)).toBeTruthy()
})
