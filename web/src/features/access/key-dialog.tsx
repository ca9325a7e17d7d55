import { Button, Code, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Role } from '@/api/client'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { AccessFields } from './access-fields'
import { createKey } from './queries'
import { placesOf } from './roles'

const PROGRAMS: readonly Role[] = [
  'analyst',
  'engineer',
  'device',
  'monitor',
  'coordinator',
  'manager',
]

/** Makes a key for a program, and shows it once. */
export function KeyDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('analyst')
  const [places, setPlaces] = useState('')
  const making = useMutation({
    mutationFn: () => createKey({ name: name.trim(), role, places: placesOf(places) }),
    onSuccess: onDone,
  })
  if (making.data) {
    return (
      <Dialog title={`The key ${making.data.name}`} onClose={onClose}>
        <Stack gap="md">
          <Text>Copy it now: only its digest is kept, and it is not shown again.</Text>
          <Code block aria-label="The key">
            {making.data.key}
          </Code>
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      </Dialog>
    )
  }
  return (
    <Dialog title="Make a key" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          making.mutate()
        }}
      >
        <Stack gap="md">
          <TextInput
            label="What it is for"
            autoComplete="off"
            required
            data-autofocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <AccessFields
            role={role}
            onRole={setRole}
            places={places}
            onPlaces={setPlaces}
            roles={PROGRAMS}
          />
          {making.error && <Trouble error={making.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={making.isPending}>
              Make the key
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
