import { Link, type LinkProps, useLocation } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Right } from '@/api/client'

interface Entry {
  to: NonNullable<LinkProps['to']>
  title: string
  /** Shown to those who have at least one of these; to everybody where none is named. */
  rights?: Right[]
}

/** The pages by what somebody comes for. */
const GROUPS: { title: string; entries: Entry[] }[] = [
  {
    title: 'Desk',
    entries: [
      { to: '/today', title: 'Today' },
      { to: '/roster', title: 'Roster' },
      { to: '/map', title: 'Map' },
    ],
  },
  {
    title: 'Contact',
    entries: [
      { to: '/messages', title: 'Messages', rights: ['send_messages'] },
      { to: '/grants', title: 'Grants', rights: ['read_ingestion'] },
    ],
  },
  {
    title: 'Data',
    entries: [
      { to: '/trends', title: 'Trends' },
      { to: '/compare', title: 'Compare' },
      { to: '/imputation', title: 'Imputation' },
    ],
  },
  {
    title: 'Devices',
    entries: [{ to: '/fleet', title: 'Fleet' }],
  },
  {
    title: 'Running',
    entries: [
      { to: '/ingestion', title: 'Ingestion', rights: ['read_ingestion'] },
      { to: '/store', title: 'Store', rights: ['read_ingestion'] },
      { to: '/access', title: 'Access', rights: ['manage_access', 'manage_keys'] },
      { to: '/audit', title: 'Audit', rights: ['read_audit'] },
    ],
  },
]

const within = (rights: readonly Right[]) =>
  GROUPS.map(({ title, entries }) => ({
    title,
    entries: entries.filter((entry) => entry.rights?.some((r) => rights.includes(r)) ?? true),
  })).filter(({ entries }) => entries.length > 0)

/** The way around; on a phone it opens from a button that says where one is. */
export function Navigation({ rights }: { rights: readonly Right[] }) {
  const { pathname } = useLocation()
  const [open, setOpen] = useState(false)
  useEffect(() => setOpen(false), [pathname])

  const groups = within(rights)
  const here = groups
    .flatMap(({ entries }) => entries)
    .find(({ to }) => pathname === to || pathname.startsWith(`${to}/`))
  return (
    <>
      <button
        type="button"
        className="menu"
        aria-expanded={open}
        aria-controls="pages"
        onClick={() => setOpen(!open)}
      >
        {here?.title ?? 'Pages'}
        <span aria-hidden="true">{open ? '▴' : '▾'}</span>
      </button>
      <nav id="pages" aria-label="Main" data-open={open}>
        {groups.map(({ title, entries }) => (
          <section key={title} aria-label={`${title}: pages`}>
            <p aria-hidden="true">{title}</p>
            {entries.map((entry) => (
              <Link key={entry.title} to={entry.to} activeOptions={{ includeSearch: false }}>
                {entry.title}
              </Link>
            ))}
          </section>
        ))}
      </nav>
    </>
  )
}
