import { Button, Group, Stack } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Key, User } from '@/api/client'
import { EndingDialog } from '@/components/ending-dialog'
import { Empty, Loading, NotAllowed, Trouble } from '@/components/states'
import { KeyDialog } from '@/features/access/key-dialog'
import { KeysTable } from '@/features/access/keys-table'
import { changeUser, keysQuery, revokeKey, usersQuery } from '@/features/access/queries'
import { UserDialog } from '@/features/access/user-dialog'
import { UsersTable } from '@/features/access/users-table'
import { useMay } from '@/features/session/queries'
import { Page } from './page'
import { changed } from './search'

const route = getRouteApi('/access')

function useSort() {
  const { sort } = route.useSearch()
  const navigate = route.useNavigate()
  const onSort = (next: string | undefined) =>
    navigate({ search: (now) => changed(now, { sort: next }), replace: true })
  return { sort, onSort }
}

function Users() {
  const { sort, onSort } = useSort()
  const queries = useQueryClient()
  const { data, error, isPending, refetch } = useQuery(usersQuery)
  const [asked, setAsked] = useState<User | 'new' | null>(null)
  const again = () => queries.invalidateQueries({ queryKey: usersQuery.queryKey })
  const shutting = useMutation({
    mutationFn: (user: User) => changeUser(user.name, { disabled: !user.disabled_at }),
    onSuccess: again,
  })
  const close = () => setAsked(null)
  return (
    <Stack gap="md">
      <Group justify="flex-end">
        <Button onClick={() => setAsked('new')}>Add a user</Button>
      </Group>
      {error && <Trouble error={error} onRetry={refetch} />}
      {shutting.error && <Trouble error={shutting.error} />}
      {isPending && !error && <Loading what="users" rows={4} height={40} />}
      {data?.length === 0 && (
        <Empty title="Nobody has a password yet">
          <p>Whoever opens the link of the server is the owner. Add the people of the team here.</p>
        </Empty>
      )}
      {data && data.length > 0 && (
        <UsersTable
          users={data}
          onChange={setAsked}
          onDisable={(user) => shutting.mutate(user)}
          sort={sort}
          onSort={onSort}
        />
      )}
      {asked && (
        <UserDialog
          user={asked === 'new' ? null : asked}
          onClose={close}
          onDone={() => {
            close()
            again()
          }}
        />
      )}
    </Stack>
  )
}

function Keys() {
  const { sort, onSort } = useSort()
  const queries = useQueryClient()
  const { data, error, isPending, refetch } = useQuery(keysQuery)
  const [making, setMaking] = useState(false)
  const [ending, setEnding] = useState<Key | null>(null)
  const again = () => queries.invalidateQueries({ queryKey: keysQuery.queryKey })
  const revoking = useMutation({
    mutationFn: (key: Key) => revokeKey(key.id),
    onSuccess: () => {
      setEnding(null)
      again()
    },
  })
  return (
    <Stack gap="md">
      <Group justify="flex-end">
        <Button onClick={() => setMaking(true)}>Make a key</Button>
      </Group>
      {error && <Trouble error={error} onRetry={refetch} />}
      {isPending && !error && <Loading what="keys" rows={4} height={40} />}
      {data?.length === 0 && <Empty title="No program has a key" />}
      {data && data.length > 0 && (
        <KeysTable keys={data} onRevoke={setEnding} sort={sort} onSort={onSort} />
      )}
      {making && <KeyDialog onClose={() => setMaking(false)} onDone={again} />}
      {ending && (
        <EndingDialog
          title={`Revoke the key ${ending.name}?`}
          consequence="Whatever uses it is refused from now on."
          word="Revoke"
          busy={revoking.isPending}
          error={revoking.error}
          onEnd={() => revoking.mutate(ending)}
          onClose={() => setEnding(null)}
        />
      )}
    </Stack>
  )
}

/** Who may come in: people with passwords, programs with keys. */
export function Access() {
  const users = useMay('manage_access')
  const keys = useMay('manage_keys')
  const { tab } = route.useSearch()
  if (!users && !keys) return <NotAllowed what="who may come in" />
  const shown = tab === 'keys' || !users ? 'keys' : 'users'
  return (
    <Page title="Access" about="Who may come in, what they may do, and about whom.">
      <nav className="tabs" aria-label="Access">
        {users && (
          <Link
            to="/access"
            activeOptions={{ exact: true }}
            aria-current={shown === 'users' ? 'page' : undefined}
          >
            Users
          </Link>
        )}
        {keys && (
          <Link
            to="/access"
            search={{ tab: 'keys' }}
            activeOptions={{ exact: true }}
            aria-current={shown === 'keys' ? 'page' : undefined}
          >
            Keys
          </Link>
        )}
      </nav>
      {shown === 'users' ? <Users /> : <Keys />}
    </Page>
  )
}
