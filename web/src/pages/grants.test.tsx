import { screen, waitFor, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { open } from '@/testing/render'

const rowOf = async (code: string) => {
  const link = await screen.findByRole('link', { name: code })
  const row = link.closest('tr')
  if (!row) throw new Error(`${code} stands in no row.`)
  return within(row)
}

const sent = async (asked: Request[], path: string) =>
  asked.find(({ method, url }) => method === 'POST' && url.endsWith(path))

test('each grant stands with its state in a word and what is missing', async () => {
  open('/grants')

  expect((await rowOf('P-001')).getByText('Sends data')).toBeTruthy()
  expect((await rowOf('P-004')).getByText('Link is over')).toBeTruthy()
  expect((await rowOf('P-006')).getByText('sleep not shared')).toBeTruthy()
  expect((await rowOf('P-007')).getByText(/has expired; consent is needed/)).toBeTruthy()
})

test('the seats of an app that the vendor has not verified are counted', async () => {
  open('/grants')

  expect(await screen.findByText('83 of 100 seats used at Google Health')).toBeTruthy()
})

test('a step of the funnel narrows the table and stays in the address', async () => {
  const { user, router } = open('/grants')

  await user.click(await screen.findByRole('button', { name: /1\s*Opened/ }))

  await waitFor(() => expect(screen.queryByRole('link', { name: 'P-001' })).toBeNull())
  expect(screen.getByRole('link', { name: 'P-004' })).toBeTruthy()
  expect(router.state.location.search).toEqual({ step: 'opened' })
})

test('pasted codes are invited once each, with a link and a code to scan', async () => {
  const { user, asked } = open('/grants')

  await user.click(await screen.findByRole('button', { name: 'Invite' }))
  await user.type(await screen.findByLabelText('Participants'), 'P-002\nP-003, P-002')
  await user.click(screen.getByRole('button', { name: 'Invite 2 people' }))

  expect(
    await screen.findByRole('img', { name: 'QR code of the invitation for P-003' }),
  ).toBeTruthy()
  expect(screen.getByText(/invitation=word-of-P-002/)).toBeTruthy()
  expect(await (await sent(asked, '/invite'))?.json()).toEqual({
    study: 'DEMO',
    source: 'google-health',
    participants: ['P-002', 'P-003'],
  })
})

test('unknown codes are named, and the list stays to be mended', async () => {
  const { user } = open('/grants')

  await user.click(await screen.findByRole('button', { name: 'Invite' }))
  await user.type(await screen.findByLabelText('Participants'), 'P-002\nP-998\nP-999')
  await user.click(screen.getByRole('button', { name: 'Invite 3 people' }))

  expect(
    await screen.findByText(/No participant is called 'P-998', 'P-999' in study DEMO\./),
  ).toBeTruthy()
  expect(screen.getByText('Nobody was invited')).toBeTruthy()
  expect(screen.getByLabelText('Participants')).toHaveProperty('value', 'P-002\nP-998\nP-999')
})

test('the sheet of links is printed', async () => {
  const print = vi.fn()
  vi.stubGlobal('print', print)
  const { user } = open('/grants')

  await user.click(await screen.findByRole('button', { name: 'Invite P-002' }))
  await user.click(await screen.findByRole('button', { name: 'Invite 1 person' }))
  await user.click(await screen.findByRole('button', { name: 'Print the sheet' }))

  expect(print).toHaveBeenCalledOnce()
})

test('everybody whose consent is gone or partial is invited again at once', async () => {
  const { user } = open('/grants')

  const reconnect = await screen.findByRole('region', { name: 'Reconnect' })
  expect(reconnect.textContent).toContain('1 expired, 1 shared only in part')
  await user.click(within(reconnect).getByRole('button', { name: 'Invite all again (2)' }))

  expect(await screen.findByRole('heading', { name: '2 people invited' })).toBeTruthy()
})

test('revoking names what follows and wants the code typed', async () => {
  const { user, asked } = open('/grants')

  await user.click(await screen.findByRole('button', { name: 'Revoke P-001' }))
  const button = await screen.findByRole('button', { name: 'Revoke' })
  expect(screen.getByText('Data that are here already stay.')).toBeTruthy()
  expect(button).toHaveProperty('disabled', true)
  await user.type(screen.getByLabelText('Type P-001 to go on'), 'P-001')
  await user.click(button)

  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(await (await sent(asked, '/revoke'))?.json()).toMatchObject({ participant: 'P-001' })
})

test('who may only look sees no buttons that change something', async () => {
  open('/grants', { rights: ['read', 'read_ingestion'] })

  expect(await screen.findByRole('link', { name: 'P-001' })).toBeTruthy()
  expect(screen.queryByRole('button', { name: /^Invite$|P-\d|again/ })).toBeNull()
})

test('an analyst finds neither the page nor the way to it', async () => {
  const { asked } = open('/grants', { rights: ['read'] })

  expect(await screen.findByText('Not for your role')).toBeTruthy()
  expect(screen.queryByRole('link', { name: 'Grants' })).toBeNull()
  expect(asked.some(({ url }) => url.includes('/grants'))).toBe(false)
})

test('a refusal is shown in the words of the server', async () => {
  open('/grants', { refusing: { '/grants': 'The registry could not answer.' } })

  expect(
    await screen.findByText('The registry could not answer.', {}, { timeout: 9000 }),
  ).toBeTruthy()
  expect(screen.getByText(/this was request 9f0c/)).toBeTruthy()
}, 15_000)
