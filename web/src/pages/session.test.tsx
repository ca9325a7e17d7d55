import { screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import { open } from '@/testing/render'

test('without a session the page says how to sign in', async () => {
  open('/', { signedIn: false })

  expect(await screen.findByRole('heading', { name: 'Sign in to Wearhouse' })).toBeTruthy()
  expect(screen.queryByRole('navigation')).toBeNull()
})

test('a pasted link signs in with its token and the header against forgery', async () => {
  const { user, asked } = open('/', { signedIn: false })

  await user.type(
    await screen.findByLabelText('Link or token'),
    'http://localhost:8000/login?token=abc',
  )
  await user.click(screen.getByRole('button', { name: 'Sign in' }))

  expect(await screen.findByRole('link', { name: 'P-001' })).toBeTruthy()
  const sent = asked.find(({ method }) => method === 'POST')
  expect(sent?.headers.get('X-Wearhouse-CSRF')).toBe('1')
  expect(await sent?.json()).toMatchObject({ token: 'abc' })
})

test('the printed link signs in and leads to the participants', async () => {
  const { router, asked } = open('/login?token=abc', { signedIn: false })

  expect(await screen.findByRole('link', { name: 'P-001' }, { timeout: 9000 })).toBeTruthy()
  expect(router.state.location.pathname).toBe('/roster')
  expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

test('signing out leads back to the way in', async () => {
  const { user } = open('/')

  await user.click(await screen.findByRole('button', { name: 'Sign out' }))

  await waitFor(() =>
    expect(screen.getByRole('heading', { name: 'Sign in to Wearhouse' })).toBeTruthy(),
  )
})

test('a name and a password sign in', async () => {
  const { user, asked } = open('/', { signedIn: false })

  await user.type(await screen.findByLabelText('Name'), 'carla')
  await user.type(screen.getByLabelText('Password'), 'correct horse battery')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))

  expect(await screen.findByRole('link', { name: 'P-001' })).toBeTruthy()
  const sent = asked.find(({ method }) => method === 'POST')
  expect(await sent?.json()).toMatchObject({ name: 'carla', password: 'correct horse battery' })
})

test('a wrong password says so and keeps the name', async () => {
  const { user } = open('/', { signedIn: false })

  await user.type(await screen.findByLabelText('Name'), 'carla')
  await user.type(screen.getByLabelText('Password'), 'wrong')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))

  expect(await screen.findByText('The password is wrong.')).toBeTruthy()
  expect(screen.getByDisplayValue('carla')).toBeTruthy()
})

test('the code of the second factor is asked for where there is one', async () => {
  const { user } = open('/', { signedIn: false, coded: true })

  await user.type(await screen.findByLabelText('Name'), 'carla')
  await user.type(screen.getByLabelText('Password'), 'correct horse battery')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  await user.type(await screen.findByLabelText('Code'), '123456')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))

  expect(await screen.findByRole('link', { name: 'P-001' })).toBeTruthy()
})
