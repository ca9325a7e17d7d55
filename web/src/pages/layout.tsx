import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Right } from '@/api/client'
import { Loading, Trouble } from '@/components/states'
import { sessionQuery, signOut } from '@/features/session/queries'
import { SignIn } from '@/features/session/sign-in'
import { Navigation } from './navigation'

function Header({ name, rights }: { name: string | null; rights: readonly Right[] }) {
  const queries = useQueryClient()
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
          <Navigation rights={rights} />
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
      <Header name={session.data?.name ?? null} rights={session.data?.rights ?? []} />
      <main id="content" ref={main} tabIndex={-1}>
        {session.isPending && <Loading what="Wearhouse" height={240} />}
        {session.error && <Trouble error={session.error} onRetry={session.refetch} />}
        {!session.isPending && !session.error && (inside ? <Outlet /> : <SignIn />)}
      </main>
    </>
  )
}
