import { Button, Group, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Role, User } from '@/api/client'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { AccessFields } from './access-fields'
import { addUser, changeUser, setPassword } from './queries'
import { placesOf } from './roles'

const PEOPLE: readonly Role[] = ['coordinator', 'manager', 'analyst', 'engineer', 'monitor']

interface Props {
  /** Whom it is about; somebody new without. */
  user: User | null
  onDone: () => void
  onClose: () => void
}

/** Lets somebody in, or changes what they may do. */
export function UserDialog({ user, onDone, onClose }: Props) {
  const [name, setName] = useState(user?.name ?? '')
  const [role, setRole] = useState<Role>(user?.role ?? 'coordinator')
  const [places, setPlaces] = useState(user?.places?.join(', ') ?? '')
  const [password, setWord] = useState('')
  const saving = useMutation({
    mutationFn: async () => {
      const entry = { name: name.trim(), role, places: placesOf(places) }
      if (!user) return addUser({ ...entry, password })
      await changeUser(user.name, { role, places: entry.places })
      if (password) await setPassword(user.name, password)
    },
    onSuccess: onDone,
  })
  return (
    <Dialog title={user ? `Change ${user.name}` : 'Add a user'} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          saving.mutate()
        }}
      >
        <Stack gap="md">
          {!user && (
            <TextInput
              label="Name"
              autoComplete="off"
              spellCheck={false}
              required
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
          <AccessFields
            role={role}
            onRole={setRole}
            places={places}
            onPlaces={setPlaces}
            roles={PEOPLE}
          />
          <PasswordInput
            label={user ? 'New password' : 'First password'}
            description={
              user
                ? 'Only to replace it: this ends their sessions and their second factor.'
                : '12 letters or more. They can change it once they are in.'
            }
            autoComplete="new-password"
            required={!user}
            value={password}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
            onChange={(event) => setWord(event.currentTarget.value)}
          />
          {saving.error && <Trouble error={saving.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="subtle" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending}>
              {user ? 'Save' : 'Add'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  )
}
