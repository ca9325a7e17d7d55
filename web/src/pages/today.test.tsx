import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { Right } from '@/api/client'
import { open } from '@/testing/render'

const rights: Right[] = ['read', 'edit_people', 'send_messages', 'manage_grants']

const list = (name: RegExp) => screen.findByRole('region', { name }, { timeout: 9000 })

test('who writes to participants begins with whom to contact, and why', async () => {
  const { router } = open('/', { rights })

  const sync = await list(/^Ask for a sync/)

  expect(router.state.location.pathname).toBe('/today')
  expect(within(sync).getAllByText(/Nothing uploaded for 3 days/).length).toBeGreaterThan(3)
  expect(within(sync).getByRole('link', { name: 'P-004' })).toBeTruthy()
})

test('a text is read before it goes, and who is held back is named', async () => {
  const { user, asked } = open('/today', { rights })

  const button = within(await list(/^Charge/)).getAllByRole('button', { name: /^Write to all/ })
  await user.click(button[0] as HTMLElement)
  expect(await screen.findByText('About charge')).toBeTruthy()
  expect(await screen.findByText('wants no messages')).toBeTruthy()
  const dry = asked.filter(({ url }) => url.endsWith('/messages/send'))
  expect(await dry[0]?.clone().json()).toMatchObject({ dry_run: true })
  await user.click(screen.getByRole('button', { name: /^Send to/ }))

  expect(await screen.findByText(/^Goes to/)).toBeTruthy()
  const sent = asked.filter(({ url }) => url.endsWith('/messages/send')).at(-1)
  expect(await sent?.json()).toMatchObject({ dry_run: false })
})

test('who was seen to leaves the list with the note, and can come back', async () => {
  const { user } = open('/today', { rights })

  await user.click(
    within(await list(/^Ask for a sync/)).getByRole('button', { name: 'Seen to P-004' }),
  )
  await user.type(await screen.findByLabelText(/^Note/), 'phoned, syncs tonight')
  await user.click(screen.getByRole('button', { name: 'Seen to' }))

  const seen = await list(/^Seen to/)
  expect(within(seen).getByText('phoned, syncs tonight')).toBeTruthy()
  await waitFor(async () =>
    expect(within(await list(/^Ask for a sync/)).queryByText('P-004')).toBeNull(),
  )
  await user.click(within(seen).getByRole('button', { name: 'Back to the list: P-004' }))
  await waitFor(async () =>
    expect(within(await list(/^Ask for a sync/)).queryByText('P-004')).toBeTruthy(),
  )
})

test('a new link is shown at once for whom it is', async () => {
  const { user } = open('/today', { rights })

  await user.click(await screen.findByRole('button', { name: 'New link for P-013' }))

  const links = await screen.findByRole('list', { name: 'Invitations' })
  expect(within(links).getByText('P-013')).toBeTruthy()
})

test('when all is well it says so', async () => {
  open('/today', { rights, calm: true })

  expect(await screen.findByText('Nobody needs you today')).toBeTruthy()
})

test('it says when data came last and come next', async () => {
  open('/today', { rights })

  expect(await screen.findByText('Last update 3 h ago')).toBeTruthy()
  expect(screen.getByText('next sync in 9 h')).toBeTruthy()
})

test('who may only read has nothing to click', async () => {
  open('/today', { rights: ['read'] })
  await list(/^Ask for a sync/)

  expect(screen.queryByRole('button', { name: /^Write/ })).toBeNull()
  expect(screen.queryByRole('button', { name: /^Seen to/ })).toBeNull()
})
