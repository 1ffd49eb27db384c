export { type ClassifiedClose, type CloseCause, classifyClose } from './classify-close.ts'
