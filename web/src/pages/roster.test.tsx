import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { Right } from '@/api/client'
import { civilDay, dateText } from '@/components/time/zone'
import { open } from '@/testing/render'

const MANAGER: Right[] = ['read', 'edit_people', 'send_messages', 'manage_grants', 'export']

const rowOf = async (code: string) => {
  const link = await screen.findByRole('link', { name: code })
  const row = link.closest('tr')
  if (!row) throw new Error(`${code} stands in no row.`)
  return within(row)
}

test('who may not write to participants begins with everybody', async () => {
  const { router } = open('/')

  expect(await screen.findByRole('link', { name: 'P-001' }, { timeout: 9000 })).toBeTruthy()
  expect(router.state.location.pathname).toBe('/roster')
})

test('the roster tells in words how long the device of each participant is silent', async () => {
  open('/roster')

  expect((await rowOf('P-001')).getByText('Good')).toBeTruthy()
  expect((await rowOf('P-003')).getByText('Watch')).toBeTruthy()
  expect((await rowOf('P-004')).getByText('Act')).toBeTruthy()
  expect((await rowOf('P-004')).getByText('loss in 4 days')).toBeTruthy()
})

test('each row says the reason and what is to be done', async () => {
  open('/roster')

  const row = await rowOf('P-004')

  expect(row.getByText('Ask for a sync')).toBeTruthy()
  expect(row.getByText(/Nothing uploaded for 3 days/)).toBeTruthy()
})

test('a thousand participants keep only the rows in view in the page', async () => {
  open('/roster', { participants: 1000 })

  const table = await screen.findByRole('table')

  expect(table.getAttribute('aria-rowcount')).toBe('1001')
  expect(within(table).getAllByRole('row').length).toBeLessThan(60)
})

test('the filter narrows the list and stays in the address', async () => {
  const { user, router } = open('/roster')

  await user.type(await screen.findByLabelText('Filter'), 'p-01')

  await waitFor(() => expect(screen.queryByRole('link', { name: 'P-001' })).toBeNull())
  expect(screen.getByRole('link', { name: 'P-010' })).toBeTruthy()
  expect(router.state.location.search).toEqual({ q: 'p-01' })
})

test('a view holds only those whom it is about, and stays in the address', async () => {
  const { user, router } = open('/roster')

  await user.click(await screen.findByRole('button', { name: /^Reconnect/ }))

  await waitFor(() => expect(screen.queryByRole('link', { name: 'P-001' })).toBeNull())
  expect(screen.getByRole('link', { name: 'P-013' })).toBeTruthy()
  expect(router.state.location.search).toEqual({ view: 'reconnect' })
})

test.each([
  ['Site', 'SOUTH', 'P-001', 'P-002'],
  ['Cohort', 'SHIFT', 'P-001', 'P-002'],
  ['Reason', 'below_threshold', 'P-001', null],
])('choosing a %s leaves only its participants', async (label, value, gone, left) => {
  const { user } = open('/roster')
  await screen.findByRole('link', { name: 'P-001' })

  await user.selectOptions(await screen.findByLabelText(label), value)

  await waitFor(() => expect(screen.queryByRole('link', { name: gone })).toBeNull())
  if (left) expect(screen.getByRole('link', { name: left })).toBeTruthy()
})

test('sorting by a column is told to screen readers and stays in the address', async () => {
  const { user, router } = open('/roster')

  await user.click(await screen.findByRole('button', { name: 'Last sync' }))

  const heading = await screen.findByRole('columnheader', { name: 'Last sync' })
  await waitFor(() => expect(heading.getAttribute('aria-sort')).toBe('ascending'))
  expect(router.state.location.search).toEqual({ sort: 'sync' })
})

test('a column is added, and the address keeps it', async () => {
  const { user, router } = open('/roster')
  await screen.findByRole('link', { name: 'P-001' })

  await user.click(screen.getByRole('button', { name: 'Columns' }))
  await user.click(await screen.findByLabelText('Nights'))

  expect(await screen.findByRole('columnheader', { name: 'Nights' })).toBeTruthy()
  expect(router.state.location.search.columns).toContain('nights')
})

test('arrows go through the rows and Enter opens one', async () => {
  const { user, router } = open('/roster')
  await screen.findByRole('link', { name: 'P-001' })

  screen.getByRole('region', { name: 'Participants' }).focus()
  await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{Enter}')

  await waitFor(() => expect(router.state.location.pathname).toBe('/participants/P-003'))
})

test('a view of one’s own is kept in this browser under a name', async () => {
  localStorage.clear()
  const { user } = open('/roster?site=SOUTH')
  await screen.findByRole('link', { name: 'P-002' })

  await user.click(screen.getByRole('button', { name: 'Keep this view' }))
  await user.type(await screen.findByLabelText(/^Name of the view/), 'Mine')
  await user.click(screen.getByRole('button', { name: 'Keep' }))
  await user.click(screen.getByRole('button', { name: /^Everybody/ }))
  await user.selectOptions(screen.getByLabelText('Site'), 'NORTH')
  await user.click(screen.getByRole('button', { name: 'Mine' }))

  expect(await screen.findByRole('link', { name: 'P-002' })).toBeTruthy()
  expect(screen.queryByRole('link', { name: 'P-001' })).toBeNull()
})

test('who may not export has no file to download', async () => {
  open('/roster', { rights: ['read', 'edit_people'] })

  await screen.findByRole('link', { name: 'P-001' })

  expect(screen.queryByRole('link', { name: 'CSV' })).toBeNull()
})

test('the file is of the columns, the view, the filters and the order that are shown', async () => {
  open('/roster?view=call&columns=code,action&sort=-code&site=NORTH', { rights: MANAGER })

  const link = await screen.findByRole('link', { name: 'CSV' })

  const [path, query] = (link.getAttribute('href') ?? '').split('?')
  expect(path).toBe('/api/v1/studies/DEMO/roster')
  expect([...new URLSearchParams(query)]).toEqual([
    ['column', 'code'],
    ['column', 'action'],
    ['view', 'call'],
    ['sort', '-code'],
    ['site', 'NORTH'],
  ])
})

test('chosen participants are compared', async () => {
  const { user, router } = open('/roster')

  await user.click(await screen.findByLabelText('Choose P-001'))
  await user.click(await screen.findByLabelText('Choose P-002'))
  await user.click(await screen.findByRole('link', { name: 'Compare selected (2)' }))

  await waitFor(() => expect(router.state.location.pathname).toBe('/compare'))
  expect(router.state.location.search).toMatchObject({ participants: 'P-001,P-002' })
})

test('of a pasted list the refused rows are shown with why, and can be left out', async () => {
  const { user, asked } = open('/roster', { rights: MANAGER })
  await user.click(await screen.findByRole('button', { name: 'Add participants' }))
  await user.click(await screen.findByRole('button', { name: 'Paste a list' }))

  // Typing would take a line break for a new paragraph of keys.
  fireEvent.change(screen.getByRole('textbox', { name: /^Participants/ }), {
    target: { value: 'P-100\nnot a code\nP-101' },
  })
  await user.click(screen.getByRole('button', { name: 'Look at the list' }))
  const refused = await screen.findByRole('list', { name: 'Refused rows' })
  expect(within(refused).getByText(/is not a code/)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Leave it out' }))
  await user.click(await screen.findByRole('button', { name: 'Enrol 2 people' }))

  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  const sent = await Promise.all(
    asked.filter(({ url }) => url.endsWith('/participants/import')).map((one) => one.json()),
  )
  expect(sent.map(({ dry_run }) => dry_run)).toEqual([true, true, false])
  expect(sent.at(-1).text).toBe('P-100\nP-101')
})

// The first and the last never have the same date.
test.each(['Pacific/Kiritimati', 'Asia/Kolkata', 'Pacific/Pago_Pago'])(
  'who is added by the form is enrolled on the date that %s has',
  async (zone) => {
    const { user, asked } = open('/roster', { rights: MANAGER })
    await user.click(await screen.findByRole('button', { name: 'Add participants' }))

    await user.type(await screen.findByRole('textbox', { name: 'Code' }), 'P-100')
    await user.type(screen.getByRole('combobox', { name: 'Time zone' }), zone)
    await user.click(screen.getByRole('button', { name: 'Enrol' }))

    await waitFor(() => expect(asked.some(({ method }) => method === 'POST')).toBe(true))
    const sent = await asked.find(({ method }) => method === 'POST')?.json()
    expect(sent.participants[0].enrolled_on).toBe(dateText(civilDay(Date.now(), zone)))
  },
)

test('only what was changed of a participant is sent', async () => {
  const { user, asked } = open('/roster', { rights: MANAGER })

  await user.click(await screen.findByRole('button', { name: 'Change P-001' }))
  await user.selectOptions(
    await within(await screen.findByRole('dialog')).findByLabelText('Site'),
    'SOUTH',
  )
  await user.click(screen.getByRole('button', { name: 'Save' }))

  expect(await screen.findByText('It is saved.')).toBeTruthy()
  const sent = asked.find(({ method }) => method === 'PATCH')
  expect(await sent?.json()).toEqual({ site: 'SOUTH', reason: '' })
})

test('an empty study says how to import', async () => {
  open('/roster', { participants: 0 })

  expect(await screen.findByText('Nobody is enrolled yet')).toBeTruthy()
  expect(screen.getByText(/wearhouse import PATH/)).toBeTruthy()
})

test('a refusal is shown in the words of the server, and can be tried again', async () => {
  const { user, current } = open('/roster', {
    refusing: { '/studies': 'The store is being moved.' },
  })

  expect(await screen.findByText('The store is being moved.', {}, { timeout: 9000 })).toBeTruthy()
  current.refusing = {}
  await user.click(screen.getByRole('button', { name: 'Try again' }))

  expect(await screen.findByRole('link', { name: 'P-001' })).toBeTruthy()
}, 15_000)
