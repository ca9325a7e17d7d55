import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { changed } from '../search'

/** A link to one day of a participant around what stands for it. */
export const dayLink = (code: string) =>
  function linkTo(day: string, label: string, tile: ReactNode) {
    return (
      <Link
        to="/participants/$code"
        params={{ code }}
        search={(current: object) => changed(current, { tab: 'day', day })}
        aria-label={label}
        title={label}
      >
        {tile}
      </Link>
    )
  }
