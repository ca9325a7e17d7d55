import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { Loading, Trouble } from '@/components/states'
import { sessionQuery, signOut, useMay } from '@/features/session/queries'
import { SignIn } from '@/features/session/sign-in'

function Header({ name }: { name: string | null }) {
  const queries = useQueryClient()
  const ingestion = useMay('read_ingestion')
  const messages = useMay('send_messages')
  const users = useMay('manage_access')
  const keys = useMay('manage_keys')
  const audit = useMay('read_audit')
  const leaving = useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      queries.setQueryData(sessionQuery.queryKey, null)
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    },
  })
  return (
    <header className="top">
      <Link to="/" className="brand">
        Wearhouse
      </Link>
      {name !== null && (
        <>
          <nav aria-label="Main">
            <Link to="/today" activeOptions={{ includeSearch: false }}>
              Today
            </Link>
            <Link to="/roster" activeOptions={{ includeSearch: false }}>
              Participants
            </Link>
            <Link to="/compare">Compare</Link>
            <Link to="/map">Map</Link>
            <Link to="/trends">Trends</Link>
            {messages && <Link to="/messages">Messages</Link>}
            {ingestion && (
              <>
                <Link to="/grants">Grants</Link>
                <Link to="/ingestion">Ingestion</Link>
                <Link to="/store">Store</Link>
              </>
            )}
            {(users || keys) && <Link to="/access">Access</Link>}
            {audit && <Link to="/audit">Audit</Link>}
          </nav>
          <div className="who">
            <Link to="/account">{name}</Link>
            <Button
              variant="subtle"
              color="gray"
              fw={500}
              size="compact-sm"
              loading={leaving.isPending}
              onClick={() => leaving.mutate()}
            >
              Sign out
            </Button>
          </div>
        </>
      )}
    </header>
  )
}

/** What every page shares: the way in, the way around, and the skip link. */
export function Layout() {
  const session = useQuery(sessionQuery)
  const { pathname } = useLocation()
  const main = useRef<HTMLElement>(null)
  const from = useRef(pathname)

  useEffect(() => {
    if (from.current !== pathname) main.current?.focus()
    from.current = pathname
  }, [pathname])

  const inside = session.data || pathname === '/login'
  return (
    <>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <Header name={session.data?.name ?? null} />
      <main id="content" ref={main} tabIndex={-1}>
        {session.isPending && <Loading what="Wearhouse" height={240} />}
        {session.error && <Trouble error={session.error} onRetry={session.refetch} />}
        {!session.isPending && !session.error && (inside ? <Outlet /> : <SignIn />)}
      </main>
    </>
  )
}
