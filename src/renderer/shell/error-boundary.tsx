import { Component, type ErrorInfo, type ReactNode } from 'react';
import { t } from '../../shared/messages/language';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';

/** Keeps a defect in one view from taking the window down. Give it a `key` that changes with the view. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error('A view failed', error, info.componentStack);
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <EmptyState
        title={t('shell.failed.title')}
        action={<Button onClick={() => this.setState({ failed: false })}>{t('shell.failed.action')}</Button>}
      >
        {t('shell.failed.text')}
      </EmptyState>
    );
  }
}
