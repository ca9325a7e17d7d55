import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { Trouble } from '@/components/states'
import { sessionQuery, signIn } from '@/features/session/queries'
import { SignIn } from '@/features/session/sign-in'
import { Layout } from './layout'
import { NotFound } from './not-found'
import { parseSearch, stringifySearch, textsOf } from './search'
import { Start } from './start'

const asError = (thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown)))

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Layout,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => <Trouble error={asError(error)} onRetry={reset} />,
})

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    validateSearch: textsOf('study'),
    component: Start,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/today',
    validateSearch: textsOf('study'),
    component: lazyRouteComponent(() => import('./today'), 'Today'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/roster',
    validateSearch: textsOf(
      'study',
      'view',
      'q',
      'site',
      'arm',
      'cohort',
      'band',
      'reason',
      'columns',
      'sort',
      'chosen',
    ),
    component: lazyRouteComponent(() => import('./roster'), 'Roster'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/participants/$code',
    validateSearch: textsOf(
      'study',
      'tab',
      'day',
      'from',
      'to',
      'metrics',
      'with',
      'level',
      'imputed',
      'tables',
      'map',
      'ink',
      'plot',
      'begin',
      'log',
    ),
    component: lazyRouteComponent(() => import('./participant'), 'ParticipantPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/compare',
    validateSearch: textsOf(
      'study',
      'participants',
      'metric',
      'from',
      'to',
      'level',
      'imputed',
      'tables',
      'view',
      'align',
      'by',
    ),
    component: lazyRouteComponent(() => import('./compare'), 'Compare'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/map',
    validateSearch: textsOf('study', 'layer', 'align', 'sort', 'span', 'q', 'table'),
    component: lazyRouteComponent(() => import('./map'), 'MapPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/trends',
    validateSearch: textsOf('study', 'tables', 'cut', 'least', 'definitions'),
    component: lazyRouteComponent(() => import('./trends'), 'TrendsPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/imputation',
    validateSearch: textsOf(
      'study',
      'run',
      'with',
      'of',
      'whose',
      'statistic',
      'hours',
      'apart',
      'tables',
    ),
    component: lazyRouteComponent(() => import('./imputation'), 'ImputationPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/fleet',
    validateSearch: textsOf(
      'project',
      'cohort',
      'version',
      'metric',
      'weight',
      'by',
      'from',
      'to',
      'release',
      'tables',
    ),
    component: lazyRouteComponent(() => import('./fleet'), 'FleetPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/fleet/devices',
    validateSearch: textsOf('project', 'cohort', 'version', 'hardware', 'q', 'silent', 'sort'),
    component: lazyRouteComponent(() => import('./fleet-devices'), 'FleetDevices'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/fleet/device',
    validateSearch: textsOf('project', 'device', 'metric', 'from', 'to', 'tables'),
    component: lazyRouteComponent(() => import('./fleet-device'), 'FleetDevice'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/fleet/metrics',
    validateSearch: textsOf('sort'),
    component: lazyRouteComponent(() => import('./fleet-metrics'), 'FleetMetrics'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/fleet/alerts',
    validateSearch: textsOf('state', 'sort'),
    component: lazyRouteComponent(() => import('./fleet-alerts'), 'FleetAlerts'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/messages',
    validateSearch: textsOf('study', 'tab', 'template', 'language', 'participant', 'to', 'sort'),
    component: lazyRouteComponent(() => import('./messages'), 'MessagesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/grants',
    validateSearch: textsOf('study', 'source', 'step', 'q', 'sort', 'chosen'),
    component: lazyRouteComponent(() => import('./grants'), 'Grants'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/ingestion',
    validateSearch: textsOf('study', 'tab', 'run', 'participant', 'source', 'sort'),
    component: lazyRouteComponent(() => import('./ingestion'), 'Ingestion'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/imports',
    beforeLoad: () => {
      throw redirect({ to: '/ingestion', search: { tab: 'imports' }, replace: true })
    },
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/access',
    validateSearch: textsOf('tab', 'sort'),
    component: lazyRouteComponent(() => import('./access'), 'Access'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/audit',
    validateSearch: textsOf('actor', 'act', 'participant', 'study'),
    component: lazyRouteComponent(() => import('./audit'), 'Audit'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/account',
    component: lazyRouteComponent(() => import('./account'), 'Account'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/store',
    validateSearch: textsOf('sort'),
    component: lazyRouteComponent(() => import('./store'), 'Store'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/login',
    validateSearch: textsOf('token'),
    loaderDeps: ({ search }: { search: { token?: string } }) => search,
    loader: async ({ context, deps }) => {
      if (deps.token) await signIn({ token: deps.token })
      await context.queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
      throw redirect({ to: '/', replace: true })
    },
    errorComponent: ({ error }) => <SignIn refusal={asError(error)} />,
  }),
] as const

export const routerFor = (queries: QueryClient) =>
  createRouter({
    routeTree: root.addChildren(routes),
    context: { queries },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    scrollRestoration: true,
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof routerFor>
  }
}
