import { getRouteApi, Navigate } from '@tanstack/react-router'
import { useMay } from '@/features/session/queries'

const route = getRouteApi('/')

/** Where somebody begins: with whom to contact, or with everybody. */
export function Start() {
  const search = route.useSearch()
  const contacts = useMay('send_messages')
  return <Navigate to={contacts ? '/today' : '/roster'} search={search} replace />
}
