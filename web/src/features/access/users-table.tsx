import { Button } from '@mantine/core'
import type { User } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { placesWords, ROLES } from './roles'

interface Props {
  users: User[]
  onChange: (user: User) => void
  onDisable: (user: User) => void
  sort: string | undefined
  onSort: (sort: string | undefined) => void
}

/** Everybody who signs in with a password. */
export function UsersTable({ users, onChange, onDisable, sort, onSort }: Props) {
  const columns: Column<User>[] = [
    { id: 'name', title: 'Name', value: ({ name }) => name },
    { id: 'role', title: 'Role', value: ({ role }) => ROLES[role].title },
    { id: 'places', title: 'Places', value: ({ places }) => placesWords(places) },
    {
      id: 'factor',
      title: 'Second factor',
      wideOnly: true,
      value: ({ second_factor }) => (second_factor ? 'yes' : 'no'),
    },
    {
      id: 'state',
      title: 'State',
      value: ({ disabled_at }) => (disabled_at ? 'shut out' : 'may sign in'),
      cell: ({ disabled_at }) =>
        disabled_at ? (
          <Mark band="quiet" word="Shut out" />
        ) : (
          <Mark band="good" word="May sign in" />
        ),
    },
    {
      id: 'actions',
      title: 'Actions',
      control: true,
      value: () => null,
      cell: (user) => (
        <Button.Group>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Change ${user.name}`}
            onClick={() => onChange(user)}
          >
            Change
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={user.disabled_at ? `Let ${user.name} in` : `Shut ${user.name} out`}
            onClick={() => onDisable(user)}
          >
            {user.disabled_at ? 'Let in' : 'Shut out'}
          </Button>
        </Button.Group>
      ),
    },
  ]
  return (
    <DataTable
      caption="Users"
      columns={columns}
      rows={users}
      rowKey={({ name }) => name}
      rowHeight={44}
      sort={sort}
      onSort={onSort}
    />
  )
}
