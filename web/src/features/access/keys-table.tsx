import { Button } from '@mantine/core'
import type { Key } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { placesWords, ROLES } from './roles'

interface Props {
  keys: Key[]
  onRevoke: (key: Key) => void
  sort: string | undefined
  onSort: (sort: string | undefined) => void
}

/** The keys of programs that are good. */
export function KeysTable({ keys, onRevoke, sort, onSort }: Props) {
  const columns: Column<Key>[] = [
    { id: 'name', title: 'For', value: ({ name }) => name },
    { id: 'role', title: 'Role', value: ({ role }) => ROLES[role].title },
    { id: 'places', title: 'Places', value: ({ places }) => placesWords(places) },
    {
      id: 'created',
      title: 'Made on',
      wideOnly: true,
      value: ({ created_at }) => created_at.slice(0, 10),
    },
    {
      id: 'actions',
      title: 'Actions',
      control: true,
      value: () => null,
      cell: (key) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Revoke the key ${key.name}`}
          onClick={() => onRevoke(key)}
        >
          Revoke
        </Button>
      ),
    },
  ]
  return (
    <DataTable
      caption="Keys"
      columns={columns}
      rows={keys}
      rowKey={({ id }) => String(id)}
      rowHeight={44}
      sort={sort}
      onSort={onSort}
    />
  )
}
