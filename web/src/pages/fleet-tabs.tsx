import { Link } from '@tanstack/react-router'

export type FleetTab = 'overview' | 'devices' | 'metrics' | 'alerts'

interface Props {
  here: FleetTab
  project?: string | undefined
}

/** The pages of the fleet; the project goes along where it says something. */
export function FleetTabs({ here, project }: Props) {
  const carried = project ? { project } : {}
  const marked = (tab: FleetTab) => ({
    'aria-current': tab === here ? ('page' as const) : undefined,
    activeOptions: { exact: true },
  })
  return (
    <nav className="tabs" aria-label="Fleet pages">
      <Link to="/fleet" search={carried} {...marked('overview')}>
        Overview
      </Link>
      <Link to="/fleet/devices" search={carried} {...marked('devices')}>
        Devices
      </Link>
      <Link to="/fleet/metrics" {...marked('metrics')}>
        Metrics
      </Link>
      <Link to="/fleet/alerts" {...marked('alerts')}>
        Alerts
      </Link>
    </nav>
  )
}
