import { screen, waitFor, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { held } from '@/testing/messages'
import { open } from '@/testing/render'

const MANAGER = ['read', 'send_messages', 'edit_study'] as const

const start = (address: string, rights: readonly (typeof MANAGER)[number][] = MANAGER) =>
  open(address, { messages: held(), rights: [...rights] })

const posted = async (asked: Request[], end: string) => {
  const found = asked.filter(({ method, url }) => method === 'POST' && url.endsWith(end))
  return Promise.all(found.map((request) => request.clone().json()))
}

test('a dry run says to how many it would go, and who is held back and why', async () => {
  const { user, asked } = start('/messages?to=P-001,P-002,P-003')

  await user.click(await screen.findByRole('button', { name: 'Dry run for 3 people' }))

  expect(
    await screen.findByText(/Would go to 2 people, 1 of them later, 1 person held back\./),
  ).toBeTruthy()
  expect(screen.getByText('has no e-mail address')).toBeTruthy()
  expect(await posted(asked, '/messages/send')).toMatchObject([{ dry_run: true }])
})

test('nothing is sent before a dry run, and then with one click', async () => {
  const { user, asked } = start('/messages?to=P-001,P-002,P-003')
  await screen.findByLabelText('Participants')
  expect(screen.queryByRole('button', { name: /^Send to/ })).toBeNull()

  await user.click(screen.getByRole('button', { name: 'Dry run for 3 people' }))
  await user.click(await screen.findByRole('button', { name: 'Send to 2 people' }))

  expect(await screen.findByText('2 people will be written to.')).toBeTruthy()
  expect(await posted(asked, '/messages/send')).toMatchObject([
    { dry_run: true, template: 'sync' },
    { dry_run: false, template: 'sync', participants: ['P-001', 'P-002', 'P-003'] },
  ])
})

test('another list of people needs another dry run', async () => {
  const { user } = start('/messages?to=P-001,P-002,P-003')
  await user.click(await screen.findByRole('button', { name: 'Dry run for 3 people' }))
  await screen.findByRole('button', { name: 'Send to 2 people' })

  await user.type(screen.getByLabelText('Participants'), ' P-004')

  await waitFor(() => expect(screen.queryByRole('button', { name: /^Send to/ })).toBeNull())
})

test('a text is changed, looked at as an invented person gets it, and kept', async () => {
  const { user } = start('/messages?tab=texts')
  const subject = await screen.findByLabelText('Subject')
  expect((subject as HTMLInputElement).value).toBe('Please open the app')

  await user.clear(subject)
  await user.type(subject, 'Hello')
  await user.click(screen.getByRole('button', { name: 'Preview' }))
  const letter = await screen.findByRole('article', { name: 'Preview' })
  await user.click(screen.getByRole('button', { name: 'Keep as version 3' }))

  expect(within(letter).getByText('Hello')).toBeTruthy()
  expect(await screen.findByText('Version 3')).toBeTruthy()
})

test('a place is put in at the cursor', async () => {
  const { user } = start('/messages?tab=texts')
  const body = (await screen.findByLabelText('Body')) as HTMLTextAreaElement
  body.setSelectionRange(0, 0)

  await user.click(await screen.findByRole('button', { name: 'opt_out' }))

  expect(body.value.startsWith('{opt_out}Dear')).toBe(true)
})

test('a text in another language begins as the one that is there', async () => {
  const { user } = start('/messages?tab=texts')

  await user.type(await screen.findByLabelText('Another language'), 'fr')
  await user.click(screen.getByRole('button', { name: 'Add' }))

  expect(await screen.findByText('Not kept yet: translate, then keep it.')).toBeTruthy()
  expect(screen.getByRole('option', { name: 'French' })).toBeTruthy()
})

test('automation is off until somebody turns it on with a reason', async () => {
  const { user } = start('/messages?tab=rules')
  const automation = within(await screen.findByRole('region', { name: 'Automation' }))
  expect(automation.getByText('Off')).toBeTruthy()

  await user.click(automation.getByRole('button', { name: 'Turn on …' }))
  const button = await screen.findByRole('button', { name: 'Turn on' })
  expect((button as HTMLButtonElement).disabled).toBe(true)
  await user.type(screen.getByLabelText('Reason'), 'agreed with the team')
  await user.click(button)

  expect(await automation.findByText('On')).toBeTruthy()
})

test('whoever may not edit the study reads its rules', async () => {
  start('/messages?tab=rules', ['read', 'send_messages'])

  const caps = (await screen.findByLabelText('Caps')) as HTMLInputElement
  expect(caps.readOnly).toBe(true)
  expect(screen.queryByRole('button', { name: 'Turn on …' })).toBeNull()
})

test('the log tells what came of each message', async () => {
  const { user } = start('/messages?tab=log')

  expect(await screen.findByText('Synced within 24 h')).toBeTruthy()
  expect(screen.getByText('No sync yet')).toBeTruthy()
  expect(screen.getByText('Device tells of no sync')).toBeTruthy()
  expect(screen.getByText('550 no such person')).toBeTruthy()
  await user.selectOptions(screen.getByLabelText('Participant'), 'P-002')
  await waitFor(() => expect(screen.queryByText('Synced within 24 h')).toBeNull())
})

test('who opted out is written to again only with their word for it', async () => {
  const { user } = start('/messages?tab=out')

  await user.click(await screen.findByRole('button', { name: 'Write to P-009 again' }))
  await user.type(await screen.findByLabelText('How they asked for it'), 'by telephone')
  await user.click(screen.getByRole('button', { name: 'Write again' }))

  expect(await screen.findByText('Nobody has opted out')).toBeTruthy()
})

test('messages are for those who may send them', async () => {
  start('/messages', ['read'])

  expect(await screen.findByText('Not for your role')).toBeTruthy()
})
