import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { open } from '@/testing/render'

const codes = (count: number) =>
  Array.from({ length: count }, (_, i) => `P-00${i + 1}`)
    .slice(0, 9)
    .join(',')

test('up to eight participants are lines with a legend', async () => {
  open(`/compare?participants=${codes(8)}`)

  const lines = within(await screen.findByRole('list', { name: 'Lines' }))

  expect(lines.getAllByRole('listitem')).toHaveLength(8)
})

test('more than eight participants are rows, without a legend', async () => {
  open(`/compare?participants=${codes(9)}`)

  const chart = await screen.findByRole('img', { name: /^Heart rate, / })

  expect(chart.getAttribute('aria-label')).toContain('P-009')
  expect(screen.queryByRole('list', { name: 'Lines' })).toBeNull()
})

test('participants in several zones are compared in UTC', async () => {
  open('/compare?participants=P-001,P-002')

  expect(await screen.findByText('Times in UTC')).toBeTruthy()
})
