import { Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

interface Props {
  title: string
  /** One quiet line under the title. */
  about?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** The frame of a page: its title, also in the browser's tab, and its actions. */
export function Page({ title, about, actions, children }: Props) {
  useDocumentTitle(`${title} · Wearhouse`)
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <Title order={1}>{title}</Title>
          {about && <p className="about">{about}</p>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  )
}
