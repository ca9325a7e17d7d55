import { screen, within } from '@testing-library/react'
import { expect, test } from 'vitest'
import { open } from '@/testing/render'

test('imports stand with their counts and, if they failed, the reason', async () => {
  open('/imports')

  const imports = within(await screen.findByRole('table', { name: 'Imports' }))

  expect(imports.getByText('620,632')).toBeTruthy()
  expect(imports.getByText('The archive is not a zip file.')).toBeTruthy()
})

test('records in quarantine stand with file, position and reason', async () => {
  open('/imports')

  const quarantine = within(await screen.findByRole('table', { name: 'Quarantine' }))

  expect(quarantine.getByText('1204')).toBeTruthy()
  expect(quarantine.getByText('heart_rate outside 20 to 250 /min')).toBeTruthy()
})
