import { NativeSelect, Text, TextInput } from '@mantine/core'
import type { Role } from '@/api/client'
import { ROLES } from './roles'

interface Props {
  role: Role
  onRole: (role: Role) => void
  places: string
  onPlaces: (places: string) => void
  /** Roles that may be chosen. */
  roles: readonly Role[]
}

/** What somebody may do, and about whom. */
export function AccessFields({ role, onRole, places, onPlaces, roles }: Props) {
  return (
    <>
      <div>
        <NativeSelect
          label="Role"
          value={role}
          data={roles.map((value) => ({ value, label: ROLES[value].title }))}
          onChange={(event) => {
            const chosen = roles.find((known) => known === event.currentTarget.value)
            if (chosen) onRole(chosen)
          }}
        />
        <Text size="sm" mt={4}>
          {ROLES[role].about}
        </Text>
      </div>
      <TextInput
        label="Places"
        description="Studies (S1) or sites (S1/NORTH), commas between. Everywhere if it is empty."
        autoComplete="off"
        spellCheck={false}
        value={places}
        onChange={(event) => onPlaces(event.currentTarget.value)}
      />
    </>
  )
}
