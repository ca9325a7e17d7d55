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
  expect(await sent?.json()).toEqual({ token: 'abc' })
})

test('the printed link signs in and leads to the participants', async () => {
  const { router, asked } = open('/login?token=abc', { signedIn: false })

  expect(await screen.findByRole('link', { name: 'P-001' })).toBeTruthy()
  expect(router.state.location.pathname).toBe('/')
  expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

test('signing out leads back to the way in', async () => {
  const { user } = open('/')

  await user.click(await screen.findByRole('button', { name: 'Sign out' }))

  await waitFor(() =>
    expect(screen.getByRole('heading', { name: 'Sign in to Wearhouse' })).toBeTruthy(),
  )
})
